"""The audit trail: append-only entries, chained by hash per aggregate: who did what for whom from where."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.actor import Actor
from shared.database import Base, BigId, JsonDoc, UtcDateTime, table_of

LONGEST_ADDRESS = 64
"""More characters than any address has; what a proxy says is cut there rather than refused."""


class AuditEntry(Base):
    """One act. It holds names of fields and ciphertext, never a person's data in the clear."""

    __tablename__ = "audit_entry"

    position: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    aggregate_type: Mapped[str] = mapped_column(sa.String(40))
    aggregate_id: Mapped[str] = mapped_column(sa.String(64))
    number: Mapped[int]
    """1, 2, 3 … within the aggregate; with the unique constraint no entry can be slipped in."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[str] = mapped_column(sa.String(60))
    actor_kind: Mapped[str] = mapped_column(sa.String(16))
    actor_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    actor_name: Mapped[str] = mapped_column(sa.String(120))
    on_behalf_of: Mapped[str | None] = mapped_column(sa.String(64))
    address: Mapped[str | None] = mapped_column(sa.String(LONGEST_ADDRESS))
    request_id: Mapped[str | None] = mapped_column(sa.String(64))
    details: Mapped[dict[str, Any]] = mapped_column(JsonDoc)
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))

    __table_args__ = (sa.UniqueConstraint("aggregate_type", "aggregate_id", "number"),)


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did to an aggregate, on its way into the trail."""

    aggregate_type: str
    aggregate_id: str
    action: str
    actor: Actor
    at: datetime
    details: Mapping[str, Any]
    on_behalf_of: str | None
    request_id: str | None
    begins: bool = False
    """The aggregate is new, so its chain begins here: nobody looks for an end."""


_NEW = (0, "")
_ADD = sa.insert(table_of(AuditEntry))
COLUMNS = tuple(column.name for column in table_of(AuditEntry).columns if column.name != "position")
"""What a row of `rows_of` says."""
_LAST = (
    sa.select(AuditEntry.number, AuditEntry.hash)
    .where(AuditEntry.aggregate_type == sa.bindparam("type"), AuditEntry.aggregate_id == sa.bindparam("id"))
    .order_by(AuditEntry.number.desc())
    .limit(1)
)


def rows_of(session: Session, acts: Sequence[Act]) -> list[dict[str, Any]]:
    """The acts as the next rows of their aggregates' chains; the aggregates have been written already.

    Two writers at once collide on `number` and one fails.
    """
    ends: dict[tuple[str, str], tuple[int, str]] = {}
    rows = []
    for act in acts:
        chain = (act.aggregate_type, act.aggregate_id)
        number, previous_hash = ends.get(chain) or (_NEW if act.begins else _end_of(session, *chain))
        row = _row(act, number + 1, previous_hash)
        ends[chain] = (number + 1, row["hash"])
        rows.append(row)
    return rows


def add_all(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put rows of `rows_of` into the trail."""
    if rows:
        session.execute(_ADD, rows)


def _row(act: Act, number: int, previous_hash: str) -> dict[str, Any]:
    row = {
        "aggregate_type": act.aggregate_type,
        "aggregate_id": act.aggregate_id,
        "number": number,
        "at": act.at,
        "action": act.action,
        "actor_kind": act.actor.kind,
        "actor_id": act.actor.id,
        "actor_name": act.actor.name,
        "on_behalf_of": act.on_behalf_of,
        "address": act.actor.address and act.actor.address[:LONGEST_ADDRESS],
        "request_id": act.request_id,
        "details": dict(act.details),
        "previous_hash": previous_hash,
    }
    return {**row, "hash": entry_hash(SimpleNamespace(**row))}


def _end_of(session: Session, aggregate_type: str, aggregate_id: str) -> tuple[int, str]:
    found = session.execute(_LAST, {"type": aggregate_type, "id": aggregate_id}).one_or_none()
    return (found.number, found.hash) if found else _NEW


def entry_hash(entry: AuditEntry | SimpleNamespace, number: int | None = None) -> str:
    """SHA-256 over the entry's content and its predecessor's hash; with `number` as if it had that number."""
    content = {
        "aggregate": [entry.aggregate_type, entry.aggregate_id, entry.number if number is None else number],
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action": entry.action,
        "actor": [entry.actor_kind, str(entry.actor_id) if entry.actor_id else None, entry.actor_name],
        "for": entry.on_behalf_of,
        "from": entry.address,
        "request": entry.request_id,
        "details": entry.details,
        "previous": entry.previous_hash,
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
