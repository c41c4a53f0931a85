"""Which items another item builds on: each is there, and no chain of them leads back to its beginning."""

from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter

from approvals.items.publication import Loaded
from approvals.items.source import Flaw


def check_prerequisites(entries: Sequence[Loaded]) -> Iterator[Flaw]:
    """Unknown items, repeated ones, and the first cycle, named with its whole path."""
    slugs = {entry.item.slug for entry in entries}
    for entry in entries:
        requires = entry.item.requires
        for number, slug in enumerate(requires):
            place = ("requires", number)
            if slug not in slugs:
                yield entry.source.flaw(place, f"there is no item {slug!r}")
            if slug in requires[:number]:
                yield entry.source.flaw(place, f"{slug!r} is given twice")
    yield from _cycle(entries)


def _cycle(entries: Sequence[Loaded]) -> Iterator[Flaw]:
    """Among the newest versions: what an older one asked for no longer stands in anybody's way."""
    newest = {entry.item.slug: entry for entry in sorted(entries, key=lambda each: each.item.effective_on)}
    graph = {slug: entry.item.requires for slug, entry in newest.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # graphlib names each item before the one that requires it.
        path: list[str] = error.args[1][::-1]
        first = newest[path[0]]
        place = ("requires", first.item.requires.index(path[1]))
        yield first.source.flaw(place, f"the items require one another: {' requires '.join(path)}")
