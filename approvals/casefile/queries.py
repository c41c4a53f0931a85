"""Lists of cases."""

from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.cases.lifecycle import State
from approvals.cases.model import Case
from approvals.cases.policy import visible
from shared.actor import Actor
from shared.errors import BadRequest, FieldError, InvalidInput
from shared.http.paging import Cursor
from shared.text import Text


def list_cases(
    session: Session, actor: Actor, *, state: str | None, cursor: str | None, limit: int
) -> tuple[list[Case], str | None]:
    """Cases the actor may see, newest first; one query, one page, no count."""
    query = sa.select(Case).where(visible(actor))
    if state is not None:
        query = query.where(Case.state == _state(state))
    if cursor is not None:
        created_at, last_id = _position(cursor)
        query = query.where(sa.tuple_(Case.created_at, Case.id) < sa.tuple_(created_at, last_id))
    rows = list(session.scalars(query.order_by(Case.created_at.desc(), Case.id.desc()).limit(limit + 1)))
    page = rows[:limit]
    more = len(rows) > limit
    return page, Cursor(page[-1].created_at.isoformat(), str(page[-1].id)).encode() if more else None


def _state(text: str) -> State:
    try:
        return State(text)
    except ValueError as error:
        message = Text("没有这种状态", "There is no such state")
        raise InvalidInput(errors=[FieldError("/state", "choice", message)]) from error


def _position(cursor: str) -> tuple[sa.BindParameter[datetime], sa.BindParameter[UUID]]:
    decoded = Cursor.decode(cursor)
    try:
        created_at, row_id = datetime.fromisoformat(decoded.order), UUID(decoded.id)
        if created_at.tzinfo is None:
            raise ValueError("a cursor holds an instant")
        created_at = created_at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRequest(Text("翻页标记无效", "The cursor is not valid")) from error
    return sa.bindparam(None, created_at, Case.created_at.type), sa.bindparam(None, row_id, Case.id.type)
