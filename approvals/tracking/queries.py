"""The list of hand-overs."""

from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.handovers.model import Handover, HandoverState
from approvals.tracking.policy import followed
from shared.actor import Actor
from shared.errors import BadRequest
from shared.http.paging import Cursor
from shared.text import Text

COUNT_CAP = 100


def list_handovers(
    session: Session, actor: Actor, *, state: HandoverState | None, cursor: str | None, limit: int
) -> tuple[list[Case], str | None]:
    """Cases that were handed over and that the reader may see, the newest first."""
    query = sa.select(Case).join(Handover, Handover.case_id == Case.id).where(followed(actor))
    if state is not None:
        query = query.where(Handover.state == state)
    if cursor is not None:
        at, last = _position(cursor)
        query = query.where(sa.tuple_(Handover.created_at, Handover.case_id) < sa.tuple_(at, last))
    query = query.order_by(Handover.created_at.desc(), Handover.case_id.desc()).limit(limit + 1)
    rows = list(session.scalars(query))
    page = rows[:limit]
    if len(rows) <= limit:
        return page, None
    last_row = session.get_one(Handover, page[-1].id)
    return page, Cursor(last_row.created_at.isoformat(), str(last_row.case_id)).encode()


def stuck(session: Session, actor: Actor) -> int:
    """How many need a person, counted up to `COUNT_CAP`."""
    query = sa.select(Handover.case_id).join(Case, Handover.case_id == Case.id)
    found = query.where(followed(actor), Handover.state == HandoverState.STUCK).limit(COUNT_CAP).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(found)) or 0


def _position(cursor: str) -> tuple[sa.BindParameter[datetime], sa.BindParameter[UUID]]:
    decoded = Cursor.decode(cursor)
    try:
        at, case_id = datetime.fromisoformat(decoded.order), UUID(decoded.id)
        if at.tzinfo is None:
            raise ValueError("a cursor holds an instant")
        at = at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRequest(Text("翻页标记无效", "The cursor is not valid")) from error
    return (
        sa.bindparam(None, at, Handover.created_at.type),
        sa.bindparam(None, case_id, Handover.case_id.type),
    )
