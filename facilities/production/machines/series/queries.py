"""Reading recurring bookings of machines. Who may see which comes along as a condition."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.recurring.model import BookingSeries
from facilities.production.machines.model import Charge, MachineBooking
from facilities.production.machines.series.model import MachineSeries
from shared.errors import NotFound, PreconditionFailed
from shared.pages import newest_first
from shared.text import Text

_NO_SERIES = Text("没有这个系列，或您无权查看", "There is no such series, or you may not see it")


@dataclass(frozen=True, slots=True)
class Recurring:
    """A series as the engine and as the trade keep it."""

    series: BookingSeries
    kept: MachineSeries


def find_series(
    session: Session,
    series_id: UUID,
    visible: sa.ColumnElement[bool],
    *,
    expected_version: int | None = None,
) -> Recurring:
    """A series of which the reader may know; NotFound otherwise, PreconditionFailed when it has changed."""
    query = _both().where(BookingSeries.id == series_id, visible)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound(_NO_SERIES)
    series, kept = found
    if expected_version is not None and series.version != expected_version:
        raise PreconditionFailed
    return Recurring(series, kept)


def list_series(
    session: Session, where: Sequence[sa.ColumnElement[bool]], cursor: str | None, limit: int
) -> tuple[list[Recurring], str | None]:
    """A page of series, the one made last first, and the cursor of the next page."""
    query = _both().where(*where)
    found, following = newest_first(session, query, MachineSeries.id, cursor, limit)
    return [Recurring(series, kept) for series, kept in found], following


def series_that_stand(session: Session, firm: str, limit: int) -> list[Recurring]:
    """Some series of a firm, or of its machines, that were not given up."""
    mine = sa.or_(MachineSeries.customer == firm, MachineSeries.owner == firm)
    query = _both().where(mine, BookingSeries.ended_at.is_(None)).order_by(MachineSeries.id).limit(limit)
    return [Recurring(series, kept) for series, kept in session.execute(query)]


def kept_of(session: Session, booking_ids: Collection[UUID]) -> Mapping[UUID, MachineBooking]:
    """What the trade keeps of these bookings."""
    query = sa.select(MachineBooking).where(MachineBooking.id.in_(booking_ids))
    return {each.id: each for each in session.scalars(query)}


def balances_of(session: Session, booking_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """The sums of the lines of these bookings, in fen; those without lines are absent."""
    query = (
        sa.select(Charge.booking_id, sa.func.sum(Charge.amount_fen))
        .where(Charge.booking_id.in_(booking_ids))
        .group_by(Charge.booking_id)
    )
    return {booking_id: int(total) for booking_id, total in session.execute(query)}


def _both() -> sa.Select[BookingSeries, MachineSeries]:
    return sa.select(BookingSeries, MachineSeries).join(MachineSeries, MachineSeries.id == BookingSeries.id)
