"""Reading public notices and their objections."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.notices.model import NoticeState, Objection, PublicNotice
from shared.errors import BadRequest, NotFound
from shared.http.paging import Cursor
from shared.text import Text


def list_notices(
    session: Session,
    *,
    item_code: str | None,
    kind: str | None,
    state: NoticeState | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[PublicNotice], str | None]:
    """A page of all notices there are, the newest first, and the cursor of the next page."""
    query = sa.select(PublicNotice)
    if item_code is not None:
        query = query.where(PublicNotice.item_code == item_code)
    if kind is not None:
        query = query.where(PublicNotice.kind == kind)
    if state is not None:
        query = query.where(PublicNotice.state == state)
    if cursor is not None:
        query = query.where(sa.tuple_(PublicNotice.published_at, PublicNotice.id) < _position(cursor))
    newest = (PublicNotice.published_at.desc(), PublicNotice.id.desc())
    rows = list(session.scalars(query.order_by(*newest).limit(limit + 1)))
    page = rows[:limit]
    if len(rows) <= limit:
        return page, None
    return page, Cursor(page[-1].published_at.isoformat(), str(page[-1].id)).encode()


def find_notice(session: Session, notice_id: UUID) -> PublicNotice:
    """One notice; NotFound when there is none."""
    found = session.get(PublicNotice, notice_id)
    if found is None:
        raise NotFound(Text("没有这项公示", "There is no such public notice"))
    return found


def latest_of(session: Session, case_id: UUID) -> PublicNotice | None:
    """The latest notice on a case: only this one can be running."""
    query = sa.select(PublicNotice).where(PublicNotice.case_id == case_id)
    return session.scalars(query.order_by(PublicNotice.published_at.desc(), PublicNotice.id.desc())).first()


def objections_to(session: Session, notice_ids: Sequence[UUID]) -> list[Objection]:
    """The objections to these notices, the earliest first."""
    query = sa.select(Objection).where(Objection.notice_id.in_(notice_ids))
    return list(session.scalars(query.order_by(Objection.lodged_at, Objection.id)))


def objections_on(session: Session, case_id: UUID) -> list[Objection]:
    """The objections to every notice of a case, the earliest first."""
    of_case = sa.select(PublicNotice.id).where(PublicNotice.case_id == case_id)
    query = sa.select(Objection).where(Objection.notice_id.in_(of_case))
    return list(session.scalars(query.order_by(Objection.lodged_at, Objection.id)))


def reaching_into(session: Session, year: int) -> list[UUID]:
    """The cases whose running notice, or the time to apply after it, reaches into `year` or beyond."""
    start = date(year, 1, 1)
    query = sa.select(PublicNotice.case_id).where(
        PublicNotice.state == NoticeState.RUNNING,
        sa.or_(PublicNotice.last_on >= start, PublicNotice.file_until >= start),
    )
    return list(session.scalars(query))


def _position(cursor: str) -> sa.Tuple:
    decoded = Cursor.decode(cursor)
    try:
        published_at, row_id = datetime.fromisoformat(decoded.order), UUID(decoded.id)
        if published_at.tzinfo is None:
            raise ValueError("a cursor holds an instant")
        published_at = published_at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRequest(Text("翻页标记无效", "The cursor is not valid")) from error
    return sa.tuple_(
        sa.bindparam(None, published_at, PublicNotice.published_at.type),
        sa.bindparam(None, row_id, PublicNotice.id.type),
    )
