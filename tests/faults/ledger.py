"""What was attempted and acknowledged, what the databases say in the end, and where the two disagree."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from shared.messaging.envelope import EnvelopeError, decode
from shared.messaging.inbox import InboxMessage
from shared.messaging.outbox import OutboxMessage
from shared.messaging.timers import Timer
from shared.service import Runtime
from tests.faults.services import effect, promise


@dataclass
class Ledger:
    """Commands by their number: every one is attempted and then acknowledged or of unknown outcome."""

    attempted: set[int] = field(default_factory=set)
    acknowledged: set[int] = field(default_factory=set)
    doomed: set[int] = field(default_factory=set)
    """Those that cannot be handled: they, and only they, may be parked."""

    @property
    def unknown(self) -> set[int]:
        """Attempted, and no answer came: both outcomes are right."""
        return self.attempted - self.acknowledged


@dataclass(frozen=True)
class Parked:
    """A message or a timer that somebody has to look at."""

    name: str
    reason: str | None
    number: int | None
    """None where its content cannot be read."""


@dataclass
class Books:
    """What the two databases say."""

    committed: set[int] = field(default_factory=set)
    """Events in the outbox, and appointments made."""
    applied: Counter[int] = field(default_factory=Counter)
    parked: list[Parked] = field(default_factory=list)
    unpublished: int = 0
    waiting: int = 0
    appointments: int = 0
    stuck_sessions: int = 0
    """Connections that have sat in an open transaction for long."""

    @property
    def kept(self) -> set[int]:
        """Numbers that lie parked."""
        return {row.number for row in self.parked if row.number is not None}


def read_books(speaker: Runtime, hearer: Runtime) -> Books:
    """The books as they are now. The hearer's first: what it has, the speaker must have committed before."""
    books = Books()
    with hearer.read() as session:
        books.applied = Counter(session.scalars(sa.select(effect.c.number)))
        books.committed |= set(session.scalars(sa.select(promise.c.number)))
        inbox = session.scalars(sa.select(InboxMessage).where(InboxMessage.state.in_(("waiting", "parked"))))
        for row in inbox:
            if row.state == "waiting":
                books.waiting += 1
            else:
                books.parked.append(Parked(str(row.event_id), row.reason, _number(row.body)))
        for timer in session.scalars(sa.select(Timer)):
            if timer.parked_at is None:
                books.appointments += 1
            else:
                books.parked.append(Parked(timer.key, timer.last_error, int(timer.key)))
        books.stuck_sessions = session.scalar(sa.text(_STUCK)) or 0
    with speaker.read() as session:
        rows = session.execute(sa.select(OutboxMessage.body, OutboxMessage.published_at))
        for body, published_at in rows:
            books.committed.add(decode(body).data["number"])
            books.unpublished += published_at is None
    return books


_STUCK = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND state LIKE 'idle in transaction%' AND state_change < clock_timestamp() - interval '10 seconds'"
)


def pending(ledger: Ledger, books: Books) -> list[str]:
    """What has not come to rest yet."""
    missing = (ledger.acknowledged | books.committed) - set(books.applied) - books.kept
    found = {
        "unpublished": books.unpublished,
        "waiting": books.waiting,
        "appointments": books.appointments,
        "not arrived": len(missing),
        "stuck sessions": books.stuck_sessions,
    }
    return [f"{what}: {count}" for what, count in found.items() if count]


def findings(ledger: Ledger, books: Books) -> list[str]:
    """Every broken promise, in words; empty when all are kept."""
    applied, kept = set(books.applied), books.kept
    broken = {
        "lost": (ledger.acknowledged | books.committed) - applied - kept,
        "doubled": {number for number, times in books.applied.items() if times > 1},
        "unexpected": applied - books.committed,
        "unattempted": books.committed - ledger.attempted,
        "applied and parked": applied & kept,
        "parked though sound": kept - ledger.doomed,
        "applied though doomed": applied & ledger.doomed,
        "acknowledged, not committed": ledger.acknowledged - books.committed,
    }
    found = [f"{what}: {sorted(numbers)[:10]}" for what, numbers in broken.items() if numbers]
    found += [f"parked without a reason: {row.name}" for row in books.parked if not row.reason]
    return found + pending(ledger, books)


def _number(body: bytes | None) -> int | None:
    try:
        data: dict[str, Any] = dict(decode(body or b"").data)
        return int(data["number"])
    except (EnvelopeError, KeyError, ValueError):
        return None
