"""Reading disputes. Who may see which comes along as a condition."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.production.machines.disputes.model import Dispute, Evidence
from facilities.production.machines.disputes.rules import RUNNING
from shared.errors import Conflict, NotFound, PreconditionFailed
from shared.pages import newest_first
from shared.text import Text

_NONE = Text("没有这个争议，或您无权查看", "There is no such dispute, or you may not see it")
_OPEN = Text("该预订有未了结的争议，请在争议中处理", "A dispute about the booking is open; settle it there")


def find_dispute(
    session: Session,
    dispute_id: UUID,
    visible: sa.ColumnElement[bool],
    *,
    expected_version: int | None = None,
) -> Dispute:
    """A dispute of which the reader may know; NotFound otherwise, PreconditionFailed when it has changed."""
    query = sa.select(Dispute).where(Dispute.id == dispute_id, visible)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(_NONE)
    if expected_version is not None and found.version != expected_version:
        raise PreconditionFailed
    return found


def list_disputes(
    session: Session, where: Sequence[sa.ColumnElement[bool]], cursor: str | None, limit: int
) -> tuple[Sequence[Dispute], str | None]:
    """A page of disputes, the one opened last first, and the cursor of the next page."""
    query = sa.select(Dispute).where(*where)
    found, following = newest_first(session, query, Dispute.id, cursor, limit)
    return [each for (each,) in found], following


def evidence_of(session: Session, dispute_id: UUID) -> Sequence[Evidence]:
    """What was said and handed in, in its order."""
    query = sa.select(Evidence).where(Evidence.dispute_id == dispute_id)
    return session.scalars(query.order_by(Evidence.number)).all()


def standing_dispute(session: Session, booking_id: UUID) -> UUID | None:
    """The dispute of a booking that was not withdrawn."""
    query = sa.select(Dispute.id).where(Dispute.booking_id == booking_id, Dispute.state != "withdrawn")
    return session.scalar(query)


def disputed(session: Session, booking_id: UUID) -> bool:
    """Whether a dispute about the booking is open."""
    query = sa.select(Dispute.id).where(Dispute.booking_id == booking_id, Dispute.state.in_(RUNNING))
    return session.scalar(query) is not None


def require_no_open_dispute(session: Session, booking_id: UUID) -> None:
    """Conflict while a dispute about the booking is open."""
    if disputed(session, booking_id):
        raise Conflict(_OPEN, slug="dispute-open")


def last_closed(session: Session, booking_id: UUID) -> datetime | None:
    """When the last dispute about the booking has ended."""
    return session.scalar(sa.select(sa.func.max(Dispute.closed_at)).where(Dispute.booking_id == booking_id))
