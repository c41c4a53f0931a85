"""Verifying the audit trail of a service: every chain by itself, then all entries against the anchors.

Entries are streamed, twice: by chain and by position. Memory does not grow with them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.audit import AuditEntry
from shared.auditing.anchors import BATCH, AuditAnchor, Tally, anchor_hash, content_of, hashes
from shared.auditing.chain import damages
from shared.auditing.findings import Damage, Finding
from shared.auditing.witnesses import Witness

NAMED_GAPS = 5
"""So many places without an entry are named."""


@dataclass(slots=True)
class Report:
    """What was looked at."""

    entries: int = 0
    chains: int = 0
    anchors: int = 0
    covered: int = 0
    """Entries that an anchor covers."""
    last_day: date | None = None
    """Of the last anchor."""


def verify(
    session: Session,
    service: str,
    witnesses: Sequence[Witness] = (),
    report: Report | None = None,
    on_entries: Callable[[int], None] = lambda _more: None,
) -> Iterator[Finding]:
    """Everything that is wrong with the trail of `service`, as it is found; `report` is filled on the way.

    `session` may be silent for long (`Database.read_slowly`). `on_entries` hears how many more were read.
    """
    report = report or Report()
    anchors = list(session.scalars(sa.select(AuditAnchor).order_by(AuditAnchor.number)))
    try:
        yield from damages(_every_entry(session, report, on_entries))
    except ValueError:  # SQLite keeps whatever the owner of a table writes into a column
        yield from _unreadable(session)
    yield from _against_anchors(session, service, anchors, report)
    yield from _against_witnesses(anchors, [each for each in witnesses if each.service == service])


def count_entries(session: Session) -> int:
    """How many there are."""
    return session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) or 0


def _every_entry(session: Session, report: Report, on_entries: Callable[[int], None]) -> Iterator[AuditEntry]:
    query = sa.select(AuditEntry).order_by(
        AuditEntry.aggregate_type, AuditEntry.aggregate_id, AuditEntry.number, AuditEntry.position
    )
    chain: tuple[str, str] | None = None
    for some in session.scalars(query.execution_options(yield_per=BATCH)).partitions():
        for entry in some:
            if chain != (entry.aggregate_type, entry.aggregate_id):
                chain = (entry.aggregate_type, entry.aggregate_id)
                report.chains += 1
            yield entry
        report.entries += len(some)
        on_entries(len(some))


def _unreadable(session: Session) -> Iterator[Finding]:
    """The entries in which something stands that no entry says; each is read by itself."""
    places = sa.select(
        AuditEntry.position, AuditEntry.aggregate_type, AuditEntry.aggregate_id, AuditEntry.number
    )
    for position, aggregate_type, aggregate_id, number in session.execute(places).all():
        try:
            session.get(AuditEntry, position)
        except ValueError:
            said = "It cannot be read: it was changed. Not every chain after it was verified"
            yield Finding(Damage.EDITED, said, aggregate_type, aggregate_id, number, position)
        session.expunge_all()


@dataclass(slots=True)
class _Stretch:
    """The entries that one anchor covers, as they are now."""

    tally: Tally = field(default_factory=Tally)
    gaps: list[str] = field(default_factory=list)
    """Places without an entry; a transaction that was rolled back leaves one, too."""
    next_position: int = 1

    def add(self, position: int, entry_hash: str) -> None:
        """Take the next entry in."""
        self._note_gap(position)
        self.tally.add(position, entry_hash)

    def end(self, last_position: int) -> None:
        """There are no more."""
        self._note_gap(last_position + 1)

    def _note_gap(self, position: int) -> None:
        if position > self.next_position:
            first, last = self.next_position, position - 1
            self.gaps.append(str(first) if first == last else f"{first}-{last}")
        self.next_position = position + 1


def _against_anchors(
    session: Session, service: str, anchors: Sequence[AuditAnchor], report: Report
) -> Iterator[Finding]:
    """The anchors among themselves, and each against the entries it covers."""
    end = max((anchor.last_position for anchor in anchors), default=0)
    rows = iter(hashes(session, end))
    row = next(rows, None)
    before: AuditAnchor | None = None
    sound = True
    for anchor in anchors:
        stretch = _Stretch(next_position=(before.last_position if before else 0) + 1)
        while row is not None and row[0] <= anchor.last_position:
            stretch.add(*row)
            row = next(rows, None)
        stretch.end(anchor.last_position)
        report.covered += stretch.tally.entries
        found = list(_wrong_with(anchor, before, service))
        yield from found
        # What lies between two anchors can be told only when both say what they said.
        if sound and not found:
            yield from _wrong_below(anchor, stretch)
        sound = not any(each.damage is Damage.EDITED for each in found)
        before = anchor
    report.anchors = len(anchors)
    report.last_day = before.day if before else None


def _wrong_with(anchor: AuditAnchor, before: AuditAnchor | None, service: str) -> Iterator[Finding]:
    expected = before.number + 1 if before else 1
    if anchor.number != expected:
        yield _of(anchor, Damage.DROPPED, f"Anchors {expected} to {anchor.number - 1} are missing")
    if anchor_hash(content_of(anchor), service) != anchor.hash:
        said = f"The anchor of {anchor.day} does not say what it said when it was made"
        yield _of(anchor, Damage.EDITED, said)
    elif anchor.number == expected and anchor.previous_hash != (before.hash if before else ""):
        said = f"The anchor of {anchor.day} does not continue the one before it: one of the two was replaced"
        yield _of(anchor, Damage.FORGED, said)


def _wrong_below(anchor: AuditAnchor, stretch: _Stretch) -> Iterator[Finding]:
    tally = stretch.tally
    if (tally.entries, tally.digest) == (anchor.entries, anchor.digest):
        return
    counted = f"the anchor of {anchor.day} covers {anchor.entries} entries, {tally.entries} are there"
    if tally.entries < anchor.entries:
        yield _of(anchor, Damage.DROPPED, f"Entries are missing: {counted}; {_named(stretch.gaps)}")
    elif tally.entries > anchor.entries:
        yield _of(anchor, Damage.ADDED, f"Entries were put in later: {counted}")
    else:
        said = f"Of the entries that the anchor of {anchor.day} covers, some are other ones now"
        yield _of(anchor, Damage.CHANGED, f"{said} (up to position {anchor.last_position})")


def _named(gaps: Sequence[str]) -> str:
    more = " and others" if len(gaps) > NAMED_GAPS else ""
    return f"there is none at position {', '.join(gaps[:NAMED_GAPS])}{more}"


def _against_witnesses(anchors: Iterable[AuditAnchor], witnesses: Iterable[Witness]) -> Iterator[Finding]:
    kept = {anchor.number: anchor for anchor in anchors}
    for witness in witnesses:
        here = kept.get(witness.number)
        if here is None:
            said = f"The anchor of {witness.day} that was kept outside is missing here"
            yield Finding(Damage.NO_WITNESS, said, number=witness.number)
        elif here.hash != witness.hash:
            said = f"The anchor of {witness.day} that was kept outside is another one than that here"
            yield Finding(Damage.NO_WITNESS, said, number=witness.number)


def _of(anchor: AuditAnchor, damage: Damage, text: str) -> Finding:
    return Finding(damage, text, number=anchor.number)
