"""A record a day over all entries there are: what a chain cannot know of itself, that its end is missing.

An anchor covers the entries by their positions from the last anchor on, and carries the last anchor's hash;
so one anchor speaks for everything before it, and making one costs the new entries only. Each is also written
to the log: whoever rewrites a database, anchors included, does not rewrite the log that somebody else keeps.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.audit import AuditEntry
from shared.database import Base, BigId, UtcDateTime, insert_if_absent, table_of
from shared.service import Runtime

log = structlog.get_logger(__name__)

BATCH = 2000
"""Entries read at a time."""


class AuditAnchor(Base):
    """One day's anchor: made on that day, over everything that no earlier one covers."""

    __tablename__ = "audit_anchor"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 …"""
    day: Mapped[date] = mapped_column(unique=True)
    """In the park; a day on which no worker ran has none, the next one covers its entries."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_position: Mapped[int] = mapped_column(BigId)
    """Of the newest entry it covers."""
    entries: Mapped[int] = mapped_column(BigId)
    """How many since the anchor before."""
    digest: Mapped[str] = mapped_column(sa.String(64))
    """SHA-256 over positions and hashes of these."""
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class Tally:
    """Counts entries and digests them, in the order of their positions."""

    def __init__(self) -> None:
        self.entries = 0
        self._digest = hashlib.sha256()

    def add(self, position: int, entry_hash: str) -> None:
        """Take the next entry in."""
        self.entries += 1
        self._digest.update(f"{position}:{entry_hash}\n".encode())

    @property
    def digest(self) -> str:
        """Over all so far."""
        return self._digest.hexdigest()


def anchor_hash(anchor: Mapping[str, Any], service: str) -> str:
    """SHA-256 over everything an anchor says and the hash of the one before."""
    content = [
        service,
        anchor["number"],
        anchor["day"].isoformat(),
        anchor["at"].isoformat(timespec="microseconds"),
        anchor["last_position"],
        anchor["entries"],
        anchor["digest"],
        anchor["previous_hash"],
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far an anchor may reach, once the writers of that moment have ended."""

    position: int
    writers: frozenset[str]
    """Transactions that may still commit an entry below `position`."""


class Anchorer:
    """Makes the anchor of the day of one service; several may be at it, one anchor a day is made."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._made_on: date | None = None
        self._waiting: Horizon | None = None

    def keep(self) -> bool:
        """Make today's anchor if it is due and nobody writes below it any more; True when this call made it.

        Positions are given out before commits: an entry may appear below others that are there already.
        So the newest position is looked at first and then who is writing; only when all of those have ended
        is everything up to that position there to stay. Nobody is held up meanwhile. It is asked again soon.
        """
        today = self._runtime.clock.today()
        if self._made_on == today:
            return False
        with self._runtime.read() as session:
            if session.scalar(sa.select(AuditAnchor.number).where(AuditAnchor.day == today)) is not None:
                self._done(today)
                return False
            horizon = self._waiting or horizon_of(session)
            if horizon.writers & _writers(session):
                self._waiting = horizon
                return False
        made = make(self._runtime, today, horizon.position)
        self._done(today)
        return made

    def _done(self, today: date) -> None:
        self._made_on = today
        self._waiting = None


def horizon_of(session: Session) -> Horizon:
    """The newest position there is, and then who is writing: in this order."""
    newest = session.scalar(sa.select(sa.func.max(AuditEntry.position)))
    return Horizon(newest or 0, _writers(session))


def _writers(session: Session) -> frozenset[str]:
    """Running transactions that have begun to write entries: each holds this lock before it gets a position.

    It lets the lock go after others can see what it has committed. On SQLite one transaction writes at a
    time, and positions follow commits.
    """
    if session.get_bind().dialect.name != "postgresql":
        return frozenset()
    query = sa.text(
        "SELECT virtualtransaction FROM pg_locks"
        " WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND relation = CAST('audit_entry' AS regclass)"
    )
    return frozenset(session.scalars(query))


def make(runtime: Runtime, day: date, up_to: int) -> bool:
    """Make the anchor of `day` over all entries up to a position; False when there is one already.

    Everything up to that position must be committed.
    """
    service = runtime.service.name
    with runtime.database.read_slowly() as session:
        before = session.scalar(sa.select(AuditAnchor).order_by(AuditAnchor.number.desc()).limit(1))
        covered = before.last_position if before else 0
        tally = Tally()
        for position, entry_hash in hashes(session, up_to, covered):
            tally.add(position, entry_hash)
    anchor: dict[str, Any] = {
        "number": before.number + 1 if before else 1,
        "day": day,
        "at": runtime.clock.now(),
        "last_position": max(covered, up_to),  # less only if entries were taken away: verifying says so
        "entries": tally.entries,
        "digest": tally.digest,
        "previous_hash": before.hash if before else "",
    }
    anchor["hash"] = anchor_hash(anchor, service)
    with runtime.database.write() as session:
        made = insert_if_absent(session, AuditAnchor, anchor)
    if made:
        log.info("audit anchored", **told(anchor, service))
    return made


def last_made(session: Session) -> datetime | None:
    """When the newest anchor was made; None while there is none."""
    newest = sa.select(AuditAnchor.at).order_by(AuditAnchor.number.desc()).limit(1)
    return session.scalar(newest)


def hashes(session: Session, up_to: int, after: int | None = None) -> sa.Result[int, str]:
    """Position and hash of the entries up to a position, or between two, in order, a few at a time."""
    query = sa.select(AuditEntry.position, AuditEntry.hash).where(AuditEntry.position <= up_to)
    if after is not None:
        query = query.where(AuditEntry.position > after)
    return session.execute(query.order_by(AuditEntry.position).execution_options(yield_per=BATCH))


def content_of(anchor: AuditAnchor) -> dict[str, Any]:
    """Its columns, by name."""
    return {column.name: getattr(anchor, column.name) for column in table_of(AuditAnchor).columns}


def told(anchor: Mapping[str, Any], service: str) -> dict[str, Any]:
    """What is said of an anchor outside: in the log, on the command line, to auditors."""
    return {
        "service": service,
        "number": anchor["number"],
        "day": anchor["day"].isoformat(),
        "last_position": anchor["last_position"],
        "entries": anchor["entries"],
        "hash": anchor["hash"],
    }
