"""Publishing a version: its file says so, and the digest of its content is kept beside it for ever."""

from datetime import date
from pathlib import Path

from approvals.items.loader import load_entries, load_reference, read_published
from approvals.items.model import Item
from approvals.items.publication import PUBLISHED_FILE, check_published
from approvals.items.source import CatalogueError

_HEAD = """\
# What has been published: the SHA-256 of each version's content, its form and the laws that it cites.
# Written by `yuanban items publish FILE`. A version listed here never changes; what is to change becomes a
# version of its own, in a file of its own.
"""


class NotPublishable(Exception):  # noqa: N818 - it says what it is
    """The file cannot be published; the message says why."""


def publish(folder: Path, file: str, today: date) -> Item:
    """Publish the version in `file`; it counts from its `effective_on`, a legal date not before `today`.

    The first version of an item may count from an earlier day: it takes the place of none. Raises
    CatalogueError when any file of the folder is wrong, NotPublishable when this one cannot be published.
    """
    entries, flaws = load_entries(folder, load_reference(folder))
    published = read_published(folder)
    if not flaws:
        flaws += [flaw for flaw in check_published(entries, published) if flaw.file != file]
    if flaws:
        raise CatalogueError(flaws)
    entry = next((entry for entry in entries if entry.source.file == file), None)
    if entry is None:
        raise NotPublishable(f"there is no item file {file!r} in {folder}")
    item, listed = entry.item, dict(published.data)
    versions = dict(listed.get(item.slug, {}))
    if item.version in versions:
        raise NotPublishable(
            f"version {item.version} of {item.slug} is published; change a copy with a version of its own"
        )
    if item.status == "retired":
        raise NotPublishable("what is published is not retired yet")
    if versions and item.effective_on < today:
        raise NotPublishable(
            f"effective_on is {item.effective_on}: a version that takes another's place does not count from "
            "a day gone by"
        )
    if versions and item.changed is None:
        raise NotPublishable("say in `changed` what is new for applicants")
    versions[item.version] = entry.digest
    listed[item.slug] = versions
    _say_published(folder / file, entry.source.line(("status",)))
    (folder / PUBLISHED_FILE).write_text(_written(listed), encoding="utf-8")
    return item


def _say_published(path: Path, line: int) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[line - 1] = lines[line - 1].replace("draft", "published", 1)
    path.write_text("".join(lines), encoding="utf-8")


def _written(listed: dict[str, dict[str, str]]) -> str:
    lines = [_HEAD]
    for slug, versions in sorted(listed.items()):
        lines.append(f"{slug}:\n")
        lines += [f'  "{version}": {digest}\n' for version, digest in sorted(versions.items())]
    return "".join(lines)
