"""What was published stays as it is: the digest of a version's content, and the list of all digests."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from approvals.items.laws import Law
from approvals.items.model import Item
from approvals.items.source import Flaw, Source

PUBLISHED_FILE = "published.yaml"
_STANDING = frozenset({"status", "retired_on"})
"""What may change after publication: that a version was published, and that it was retired."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """One item file as read: where it stands, what it says, and the digest of that."""

    source: Source
    item: Item
    digest: str


def digest_of(item: Mapping[str, Any], form: Mapping[str, Any] | None, laws: Sequence[Law]) -> str:
    """SHA-256 of what a version says: its file, its form, and the laws cited in the versions cited.

    Comments, spelling of the YAML and the order of keys make no difference.
    """
    said = {key: value for key, value in item.items() if key not in _STANDING and key != "form"}
    cited = {law.key: asdict(law) for law in laws}
    content = {"item": said, "form": form, "laws": cited}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def check_published(entries: Sequence[Loaded], published: Source) -> Iterator[Flaw]:
    """Every published version is listed and unchanged, and every listed version is still there."""
    listed: dict[str, dict[str, str]] = published.data or {}
    present = {(entry.item.slug, entry.item.version) for entry in entries}
    for entry in entries:
        flaw = _standing_flaw(entry, listed.get(entry.item.slug, {}).get(entry.item.version))
        if flaw is not None:
            yield flaw
    for slug, versions in listed.items():
        for version in versions:
            if (slug, version) not in present:
                message = (
                    "was published, but no file has it any more; cases filed under it need it: restore it"
                )
                yield published.flaw((slug, version), message)


def _standing_flaw(entry: Loaded, known: str | None) -> Flaw | None:
    item, source = entry.item, entry.source
    if item.status == "draft":
        if known is None:
            return None
        return source.flaw(("status",), "this version was published and cannot become a draft again")
    if known is None:
        command = f"`yuanban items publish {source.file}`"
        return source.flaw(("status",), f"not in {PUBLISHED_FILE}: leave it a draft and run {command}")
    if known != entry.digest:
        return source.flaw(
            ("version",),
            f"differs from what was published as version {item.version} of {item.slug} (the item, its form "
            "or a law it cites): undo the change, or make it in a copy of the file with a version of its own "
            "and publish that",
        )
    return None
