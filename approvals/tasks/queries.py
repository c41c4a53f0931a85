"""The work queue: ordered by due date, filtered, one query and one index a page."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from approvals.cases import policy as case_policy
from approvals.cases.lifecycle import State
from approvals.cases.model import Case
from approvals.tasks.model import LIVE, Task, TaskKind, TaskState
from approvals.tasks.policy import covered, visible
from shared.actor import Actor
from shared.clock import local_date
from shared.database import UtcDateTime
from shared.errors import BadRequest, NotFound
from shared.http.paging import Cursor
from shared.text import Text

COUNT_CAP = 100
"""Counts on the queue page stop here: an exact count over everything grows with the table."""

_RUNNING = sa.not_(Task.suspended)  # while the clocks of a case stand still, nothing on it is due or late


@dataclass(frozen=True, slots=True)
class Filters:
    """What the official asked for; None means everything."""

    state: str | None = None
    kind: str | None = None
    light: str | None = None
    due: str | None = None
    item: str | None = None
    q: str | None = None


def list_tasks(
    session: Session, actor: Actor, filters: Filters, *, now: datetime, cursor: str | None, limit: int
) -> tuple[list[Task], str | None]:
    """One page of the queue, the earliest due date first."""
    query = sa.select(Task).join(Task.case).options(joinedload(Task.case)).where(visible(actor))
    query = query.where(*_conditions(actor, filters, now))
    if cursor is not None:
        due_until, last_id = _position(cursor)
        query = query.where(sa.tuple_(Task.due_until, Task.id) > sa.tuple_(due_until, last_id))
    rows = list(session.scalars(query.order_by(Task.due_until, Task.id).limit(limit + 1)))
    page = rows[:limit]
    more = len(rows) > limit
    return page, Cursor(page[-1].due_until.isoformat(), str(page[-1].id)).encode() if more else None


def most_urgent(session: Session, actor: Actor, filters: Filters, *, now: datetime, limit: int) -> list[UUID]:
    """Ids of the tasks that are open to the actor's positions, the earliest due date first."""
    query = sa.select(Task.id).join(Task.case).where(covered(actor), *_conditions(actor, filters, now))
    return list(session.scalars(query.order_by(Task.due_until, Task.id).limit(limit)))


def counts(session: Session, actor: Actor, now: datetime) -> dict[str, int]:
    """Big numbers of the queue page, each counted up to `COUNT_CAP`."""
    live = sa.and_(visible(actor), Task.state.in_(LIVE))
    correction = sa.and_(Case.state == State.CORRECTION, case_policy.visible(actor))
    return {
        "overdue": _capped(session, sa.select(Task.id).where(live, _RUNNING, Task.due_until < now)),
        "today": _capped(session, sa.select(Task.id).where(live, _RUNNING, _due_on(local_date(now), now))),
        "mine": _capped(
            session, sa.select(Task.id).where(Task.claimed_by == actor.id, Task.state == TaskState.CLAIMED)
        ),
        "open": _capped(session, sa.select(Task.id).where(visible(actor), Task.state == TaskState.OPEN)),
        "correction": _capped(session, sa.select(Case.id).where(correction)),
    }


def find_task(session: Session, actor: Actor, task_id: UUID) -> Task:
    """One task with its case; NotFound when the actor may not see it."""
    query = sa.select(Task).where(Task.id == task_id, visible(actor)).options(joinedload(Task.case))
    task = session.scalar(query)
    if task is None:
        raise NotFound(Text("没有这项任务，或您无权查看", "There is no such task, or you may not see it"))
    return task


def has_live_task(session: Session, case_id: UUID) -> bool:
    """Whether anybody has anything to do on the case."""
    live = sa.select(Task.id).where(Task.case_id == case_id, Task.state.in_(LIVE)).limit(1)
    return session.scalar(live) is not None


def live_task_of(session: Session, actor: Actor, case_id: UUID) -> Task | None:
    """The live task on a case that the actor may see, if any.

    A case under examination may have two, when an extension waits for approval: one's own comes first, then
    one that is free, the later before the earlier.
    """
    mine = sa.and_(Task.claimed_by == actor.id, Task.state == TaskState.CLAIMED)
    query = (
        sa.select(Task)
        .where(Task.case_id == case_id, Task.state.in_(LIVE), visible(actor))
        .options(joinedload(Task.case))
        .order_by(sa.case((mine, 0), (Task.state == TaskState.OPEN, 1), else_=2), Task.created_at.desc())
    )
    return session.scalars(query).first()


def _due_on(today: date, now: datetime) -> sa.ColumnElement[bool]:
    """Due today and not yet late, which a limit in hours may be within the day."""
    return sa.and_(Task.due_on == today, Task.due_until >= now)


def _conditions(actor: Actor, filters: Filters, now: datetime) -> list[sa.ColumnElement[bool]]:
    mine = sa.and_(Task.claimed_by == actor.id, Task.state == TaskState.CLAIMED)
    states: dict[str | None, sa.ColumnElement[bool]] = {
        None: Task.state.in_(LIVE),
        "open": Task.state == TaskState.OPEN,
        "claimed": Task.state == TaskState.CLAIMED,
        "mine": mine,
        "done": Task.state == TaskState.DONE,
    }
    today = local_date(now)
    yellow = sa.case((Task.yellow_at.is_not(None), Task.yellow_at <= now), else_=Task.yellow_on <= today)
    lights: dict[str, sa.ColumnElement[bool]] = {
        "red": sa.and_(_RUNNING, Task.due_until < now),
        "yellow": sa.and_(_RUNNING, Task.due_until >= now, yellow),
        "green": sa.and_(_RUNNING, Task.due_until >= now, sa.not_(yellow)),
        "suspended": Task.suspended.is_(True),
    }
    found = [states[filters.state]]
    if filters.kind:
        found.append(Task.kind == TaskKind(filters.kind))
    if filters.light:
        found.append(lights[filters.light])
    if filters.due == "today":
        found += [_RUNNING, _due_on(today, now)]
    if filters.item:
        found.append(Case.item_code == filters.item)
    if filters.q:
        words = filters.q.strip()
        found.append(
            sa.or_(
                Case.number.startswith(words, autoescape=True),
                Case.subject_name.contains(words, autoescape=True),
            )
        )
    return found


def _capped(session: Session, query: sa.Select[UUID]) -> int:
    limited = query.limit(COUNT_CAP).subquery()
    return int(session.scalar(sa.select(sa.func.count()).select_from(limited)) or 0)


def _position(cursor: str) -> tuple[sa.BindParameter[datetime], sa.BindParameter[UUID]]:
    decoded = Cursor.decode(cursor)
    try:
        due_until, row_id = datetime.fromisoformat(decoded.order), UUID(decoded.id)
        due_until = due_until.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRequest(Text("翻页标记无效", "The cursor is not valid")) from error
    return sa.bindparam(None, due_until, UtcDateTime()), sa.bindparam(None, row_id, sa.Uuid())
