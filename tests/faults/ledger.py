"""What was attempted, what was acknowledged, and what the databases say in the end."""

from collections import Counter
from dataclasses import dataclass, field

import sqlalchemy as sa

from shared.messaging.envelope import EnvelopeError, decode
from shared.messaging.inbox import InboxMessage
from shared.messaging.outbox import OutboxMessage
from shared.service import Runtime
from tests.faults.services import effect


@dataclass
class Ledger:
    """Commands by their number: every one is attempted and then acknowledged or of unknown outcome."""

    attempted: set[int] = field(default_factory=set)
    acknowledged: set[int] = field(default_factory=set)

    @property
    def unknown(self) -> set[int]:
        """Attempted, and no answer came: both outcomes are right."""
        return self.attempted - self.acknowledged


def pending(speaker: Runtime, hearer: Runtime, ledger: Ledger) -> list[str]:
    """What has not come to rest yet."""
    with speaker.read() as session:
        unpublished = session.scalar(sa.select(sa.func.count()).where(OutboxMessage.published_at.is_(None)))
    with hearer.read() as session:
        waiting = session.scalar(sa.select(sa.func.count()).where(InboxMessage.state == "waiting"))
        settled = session.scalar(sa.select(sa.func.count()).select_from(InboxMessage)) or 0
    missing = len(ledger.acknowledged) - settled
    found = {"unpublished": unpublished, "waiting": waiting, "not arrived": max(missing, 0)}
    return [f"{what}: {count}" for what, count in found.items() if count]


def findings(speaker: Runtime, hearer: Runtime, ledger: Ledger) -> list[str]:
    """Every broken promise, in words; empty when all are kept."""
    with speaker.read() as session:
        committed = {decode(body).data["number"] for body in session.scalars(sa.select(OutboxMessage.body))}
    with hearer.read() as session:
        applied = Counter(session.scalars(sa.select(effect.c.number)))
        parked = session.scalars(sa.select(InboxMessage).where(InboxMessage.state == "parked")).all()
    kept = {number for row in parked if (number := _number(row.body)) is not None}
    broken = {
        "lost": ledger.acknowledged - set(applied) - kept,
        "doubled": {number for number, times in applied.items() if times > 1},
        "unexpected": set(applied) - committed,
        "unattempted": committed - ledger.attempted,
        "applied and parked": set(applied) & kept,
        "acknowledged, not committed": ledger.acknowledged - committed,
    }
    found = [f"{what}: {sorted(numbers)[:10]}" for what, numbers in broken.items() if numbers]
    found += [f"parked without a reason: {row.event_id}" for row in parked if not row.reason]
    return found + pending(speaker, hearer, ledger)


def _number(body: bytes | None) -> int | None:
    try:
        return int(decode(body or b"").data["number"])
    except (EnvelopeError, KeyError, ValueError):
        return None
