"""The catalogue: every version of every item, and which of them counts on a day."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from approvals.items.model import Category, Chapter, Item, Route
from shared.errors import NotFound
from shared.text import Text

_NO_ITEM = Text("没有这个事项", "There is no such item")
_NO_VERSION = Text("该事项没有这个版本", "The item has no such version")


class Filed(Protocol):
    """What was filed under one version of an item."""

    @property
    def item_code(self) -> str:
        """The code of the item."""
        ...

    @property
    def item_version(self) -> str:
        """The version that judges it, for good."""
        ...

    @property
    def route(self) -> Route:
        """The way of filing that was chosen."""
        ...


class Catalogue:
    """All versions of all items in the order of their files; items are found by code or slug.

    Drafts are there to be tested and published; nobody else is shown them.
    """

    def __init__(
        self, versions: Sequence[Item], categories: tuple[Category, ...], chapters: tuple[Chapter, ...]
    ) -> None:
        self.versions = tuple(versions)
        self.categories = categories
        self.chapters = chapters
        self._on_route = {
            (item.code, item.version, route): item.on_route(route)
            for item in versions
            for route in item.routes
        }
        published = [item for item in versions if item.status != "draft"]
        newest_first = sorted(published, key=lambda item: item.effective_on, reverse=True)
        self._history: dict[str, tuple[Item, ...]] = {}
        for name, slug in {item.code: item.slug for item in published}.items():
            of_item = tuple(item for item in newest_first if item.slug == slug)
            self._history[name] = self._history[slug] = of_item

    def of(self, case: Filed) -> Item:
        """The version under which something was filed, whatever was published since, on its route."""
        found = self._on_route.get((case.item_code, case.item_version, case.route))
        if found is None:
            raise LookupError(f"item {case.item_code} has no version {case.item_version!r}, yet a case has")
        return found

    def history(self, code: str) -> tuple[Item, ...]:
        """The published versions of an item, the newest first; NotFound when there is none."""
        found = self._history.get(code)
        if found is None:
            raise NotFound(_NO_ITEM)
        return found

    def in_force(self, code: str, on: date) -> Item | None:
        """The version that counts on the legal date `on`; None before the first and after the last."""
        begun = (item for item in self.history(code) if item.effective_on <= on)
        newest = next(begun, None)
        return newest if newest and (newest.retired_on is None or on < newest.retired_on) else None

    def item(self, code: str, on: date) -> Item:
        """The version to show on that day: the one in force, else the coming one, else the last there was."""
        history = self.history(code)
        coming = [item for item in history if item.effective_on > on]
        return self.in_force(code, on) or (coming[-1] if coming else history[0])

    def version(self, code: str, version: str) -> Item:
        """A published version of an item by its name; NotFound when there is none."""
        found = next((item for item in self.history(code) if item.version == version), None)
        if found is None:
            raise NotFound(_NO_VERSION)
        return found

    def before(self, item: Item) -> Item | None:
        """The published version that this one took the place of."""
        earlier = (old for old in self._history.get(item.slug, ()) if old.effective_on < item.effective_on)
        return next(earlier, None)

    def all(self, on: date) -> Iterator[Item]:
        """Every item that is offered or will be, once, in the version to show on that day."""
        for slug in dict.fromkeys(item.slug for item in self.versions if item.status != "draft"):
            item = self.item(slug, on)
            if item.retired_on is None or on < item.retired_on:
                yield item

    def items(self, on: date, q: str | None = None, category: str | None = None) -> Iterator[Item]:
        """Items whose names, summary, codes or materials contain every word of `q`, of one category."""
        words = (q or "").casefold().split()
        for item in self.all(on):
            if category and item.category.code != category:
                continue
            text = _searchable(item)
            if all(word in text for word in words):
                yield item


def _searchable(item: Item) -> str:
    texts = [item.name, item.summary, item.category.name, item.department.name]
    texts += [material.name for material in item.materials]
    texts += [item.outcome.name] if item.outcome else []
    codes = [item.code, item.codes.basic, item.codes.implementation or "", item.slug]
    return " ".join([*(f"{text.zh} {text.en}" for text in texts), *codes]).casefold()
