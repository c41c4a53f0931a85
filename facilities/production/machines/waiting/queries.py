"""Reading who waits for machines. Who may see which comes along as a condition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.waiting.model import WaitlistEntry, WaitState
from facilities.production.machines.waiting.commands import Waits
from facilities.production.machines.waiting.model import MachineWaiting
from shared.errors import NotFound, PreconditionFailed
from shared.pages import newest_first
from shared.text import Text

MOST_TIMES = 100

_NONE = Text("没有这条候补记录，或您无权查看", "There is no such entry, or you may not see it")
_BOTH = sa.select(WaitlistEntry, MachineWaiting).join(MachineWaiting, MachineWaiting.id == WaitlistEntry.id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A time of a machine, by how many firms it is waited for and how many machines they need."""

    starts_at: datetime
    ends_at: datetime
    waiting: int
    quantity: int


def find_entry(
    session: Session,
    entry_id: UUID,
    visible: sa.ColumnElement[bool],
    *,
    expected_version: int | None = None,
) -> Waits:
    """An entry of which the reader may know; NotFound otherwise, PreconditionFailed when it has changed."""
    found = session.execute(_BOTH.where(WaitlistEntry.id == entry_id, visible)).one_or_none()
    if found is None:
        raise NotFound(_NONE)
    entry, kept = found
    if expected_version is not None and entry.version != expected_version:
        raise PreconditionFailed
    return Waits(entry, kept)


def list_entries(
    session: Session, where: Sequence[sa.ColumnElement[bool]], cursor: str | None, limit: int
) -> tuple[list[Waits], str | None]:
    """A page of entries, the one that joined last first, and the cursor of the next page."""
    query = _BOTH.where(*where)
    found, following = newest_first(session, query, MachineWaiting.id, cursor, limit)
    return [Waits(entry, kept) for entry, kept in found], following


def wanted_of(session: Session, machine_id: UUID) -> list[Wanted]:
    """For which times of a machine firms wait now, the earliest first."""
    times = (WaitlistEntry.starts_at, WaitlistEntry.ends_at)
    query = (
        sa.select(*times, sa.func.count(), sa.func.sum(WaitlistEntry.quantity))
        .join(MachineWaiting, MachineWaiting.id == WaitlistEntry.id)
        .where(MachineWaiting.machine_id == machine_id, WaitlistEntry.state == WaitState.WAITING)
        .group_by(*times)
        .order_by(*times)
        .limit(MOST_TIMES)
    )
    return [Wanted(start, end, waiting, int(units)) for start, end, waiting, units in session.execute(query)]
