"""Reading public explanations: of one case, and the page of those that anybody may read."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from approvals.cases.lifecycle import OPEN_STATES
from approvals.cases.model import Case
from approvals.overdue.model import OverdueExplanation
from shared.database import UtcDateTime
from shared.errors import BadRequest
from shared.http.paging import Cursor
from shared.text import Text


def of_case(session: Session, case_id: UUID) -> Sequence[OverdueExplanation]:
    """Every version, the newest first."""
    query = sa.select(OverdueExplanation).where(OverdueExplanation.case_id == case_id)
    return session.scalars(query.order_by(OverdueExplanation.number.desc())).all()


def published(
    session: Session, *, cursor: str | None, limit: int
) -> tuple[list[OverdueExplanation], str | None]:
    """One page of the explanations of cases that are still open, the newest first; one query."""
    shown = OverdueExplanation
    query = (
        sa.select(shown)
        .join(shown.case)
        .options(joinedload(shown.case))
        .where(shown.current, Case.state.in_(OPEN_STATES))
    )
    if cursor is not None:
        query = query.where(sa.tuple_(shown.explained_at, shown.id) < sa.tuple_(*position(cursor)))
    rows = list(session.scalars(query.order_by(shown.explained_at.desc(), shown.id.desc()).limit(limit + 1)))
    page = rows[:limit]
    more = len(rows) > limit
    return page, Cursor(page[-1].explained_at.isoformat(), str(page[-1].id)).encode() if more else None


def position(cursor: str) -> tuple[sa.BindParameter[datetime], sa.BindParameter[UUID]]:
    """Where the page before ended: an instant and an id; BadRequest for a cursor that is none."""
    decoded = Cursor.decode(cursor)
    try:
        at, row_id = datetime.fromisoformat(decoded.order).astimezone(UTC), UUID(decoded.id)
    except (ValueError, OverflowError) as error:
        raise BadRequest(Text("翻页标记无效", "The cursor is not valid")) from error
    return sa.bindparam(None, at, UtcDateTime()), sa.bindparam(None, row_id, sa.Uuid())
