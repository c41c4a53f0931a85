"""Judging chains by themselves: an entry's hash covers its content, its number and the entry before it.

A chain cannot know that its last entries are missing; the anchors can (`anchors.py`).
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.audit import AuditEntry, entry_hash
from shared.auditing.findings import Damage, Finding

FARTHEST_MOVE = 100
"""So many numbers up and down an entry with a wrong hash is looked for; beyond that it counts as edited."""


@dataclass(frozen=True, slots=True)
class _Before:
    """What is left of the entry before, or of nothing at the beginning of a chain."""

    number: int = 0
    position: float = -math.inf
    hashes: tuple[str, ...] = ("",)
    """By which of these the next one may call it: that written in it and, if it was edited, its true one."""
    sound: bool = True
    """False when the next one cannot be held to it, for it is known not to be what stood there."""


def damages(entries: Iterable[AuditEntry]) -> Iterator[Finding]:
    """Everything that is wrong with whole chains, given one after the other, each by number and position.

    Keeps one entry in mind, however many there are.
    """
    chain: tuple[str, str] | None = None
    before = _Before()
    for entry in entries:
        if chain != (entry.aggregate_type, entry.aggregate_id):
            chain = (entry.aggregate_type, entry.aggregate_id)
            before = _Before()
        if entry.number < 1:
            yield _finding(entry, Damage.FORGED, "Numbers begin with 1: it was put in later")
            continue
        if entry.number == before.number:
            yield _finding(entry, Damage.DUPLICATE, f"Number {entry.number} is there twice")
            before = _Before(before.number, max(before.position, entry.position), sound=False)
            continue
        missing = entry.number - before.number - 1
        if missing > 0:
            yield _finding(entry, Damage.DROPPED, _missing(before.number + 1, entry.number - 1))
        real = entry_hash(entry)
        found = _wrong_in_itself(entry, real) or _wrong_after(entry, before, linked=missing == 0)
        if found is not None:
            yield found
        if found is not None and found.damage is Damage.REORDERED:
            # Neither where it stands nor what it is says anything about the next one.
            before = _Before(entry.number, before.position, sound=False)
        else:
            before = _Before(entry.number, entry.position, (entry.hash, real))


def _wrong_in_itself(entry: AuditEntry, real: str) -> Finding | None:
    if real == entry.hash:
        return None
    written_as = _number_it_had(entry)
    if written_as is None:
        said = "Its hash does not match its content: it was changed after it was written"
        return _finding(entry, Damage.EDITED, said)
    return _finding(entry, Damage.REORDERED, f"It was written as entry {written_as} and moved here")


def _number_it_had(entry: AuditEntry) -> int | None:
    """With which other number the content would give the hash: then it was moved, not edited."""
    for distance in range(1, FARTHEST_MOVE + 1):
        for number in (entry.number - distance, entry.number + distance):
            if number > 0 and entry_hash(entry, number) == entry.hash:
                return number
    return None


def _wrong_after(entry: AuditEntry, before: _Before, *, linked: bool) -> Finding | None:
    if linked and before.sound and entry.previous_hash not in before.hashes:
        said = "It does not continue the entry before it: one of the two was replaced or put in later"
        return _finding(entry, Damage.FORGED, said)
    if entry.position <= before.position:
        said = "It stands before its predecessor in the whole trail: positions were exchanged"
        return _finding(entry, Damage.REORDERED, said)
    return None


def _missing(first: int, last: int) -> str:
    return f"Entry {first} is missing" if first == last else f"Entries {first} to {last} are missing"


def _finding(entry: AuditEntry, damage: Damage, text: str) -> Finding:
    return Finding(damage, text, entry.aggregate_type, entry.aggregate_id, entry.number, entry.position)
