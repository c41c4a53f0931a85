"""Reading stays: who is inside, whose entry nobody has seen, which passages to look at again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from facilities.living.parking.gates.course import State
from facilities.living.parking.gates.model import GateEvent
from facilities.living.parking.lots.model import Lot, Zone
from facilities.living.parking.payments.model import PaidFor, ParkingCoupon, ParkingOrder, ParkingPayment
from facilities.living.parking.stays.model import INSIDE, ParkingStay
from shared.pages import newest_first

_INSIDE = (
    sa.select(ParkingStay, Zone.ledger_id)
    .outerjoin(Zone, Zone.id == ParkingStay.zone_id)
    .where(ParkingStay.lot_id == sa.bindparam("lot", type_=sa.Uuid()), ParkingStay.state == INSIDE)
    .where(ParkingStay.mark.in_(sa.bindparam("marks", expanding=True)))
    .order_by(ParkingStay.mark)
    .execution_options(populate_existing=True)
)
"""Put together once, as what every event asks is."""


def inside_of(session: Session, lot_id: UUID, marks: Sequence[str]) -> list[tuple[ParkingStay, int | None]]:
    """The cars of these marks that are inside, each with the number of its zone's ledger."""
    found = session.execute(_INSIDE, {"lot": lot_id, "marks": list(marks)})
    return [(stay, ledger) for stay, ledger in found]


def claimed_of(session: Session, lot_id: UUID, mark: str) -> ParkingStay | None:
    """What was claimed of a car at the exit whose entry nobody had seen, and that has not passed since."""
    later = aliased(ParkingStay)
    gone_through = sa.exists().where(GateEvent.stay_id == ParkingStay.id, GateEvent.passed)
    back = sa.exists().where(
        later.lot_id == lot_id, later.mark == mark, later.entered_at > ParkingStay.left_at
    )
    query = (
        sa.select(ParkingStay)
        .where(
            ParkingStay.lot_id == lot_id,
            ParkingStay.mark == mark,
            ParkingStay.state == State.ENTRY_MISSED,
            ~gone_through,
            ~back,
        )
        .order_by(ParkingStay.left_at.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def outside_before(
    session: Session, lot_id: UUID, mark: str, at: datetime, repeat: timedelta
) -> ParkingStay | None:
    """The latest stay of a car that had ended, and whose last passage was told, well before `at`.

    What comes at `at` cannot change it any more.
    """
    near = sa.exists().where(
        GateEvent.stay_id == ParkingStay.id, GateEvent.passed, GateEvent.at >= at - repeat
    )
    query = (
        sa.select(ParkingStay)
        .where(
            ParkingStay.lot_id == lot_id,
            ParkingStay.mark == mark,
            ParkingStay.state == State.LEFT,
            ParkingStay.left_at < at - repeat,
            ~near,
        )
        .order_by(ParkingStay.left_at.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def passages_after(
    session: Session, lot_id: UUID, mark: str, boundary: ParkingStay | None
) -> Sequence[GateEvent]:
    """All passages of a car since a stay had ended that are none of its own; all there are, without one."""
    query = sa.select(GateEvent).where(GateEvent.lot_id == lot_id, GateEvent.mark == mark, GateEvent.passed)
    if boundary is not None:
        other = sa.or_(GateEvent.stay_id.is_(None), GateEvent.stay_id != boundary.id)
        query = query.where(GateEvent.at >= boundary.left_at, other)
    return session.scalars(query.order_by(GateEvent.at, GateEvent.id)).all()


def stays_after(
    session: Session, lot_id: UUID, mark: str, boundary: ParkingStay | None
) -> Sequence[ParkingStay]:
    """The stays of a car that begin or end since a stay had ended, without that one."""
    query = sa.select(ParkingStay).where(ParkingStay.lot_id == lot_id, ParkingStay.mark == mark)
    if boundary is not None:
        since = sa.or_(
            ParkingStay.left_at.is_(None),
            ParkingStay.left_at >= boundary.left_at,
            ParkingStay.entered_at >= boundary.left_at,
        )
        query = query.where(ParkingStay.id != boundary.id, since)
    return session.scalars(query).all()


def is_bare(session: Session, stay: ParkingStay) -> bool:
    """Whether nobody has paid, tried to pay, or given anything for a stay."""
    subject = (PaidFor.STAY, stay.id)
    there = (
        sa.exists().where(ParkingCoupon.stay_id == stay.id),
        sa.exists().where(ParkingOrder.subject == subject[0], ParkingOrder.subject_id == subject[1]),
        sa.exists().where(ParkingPayment.subject == subject[0], ParkingPayment.subject_id == subject[1]),
    )
    return not session.scalar(sa.select(sa.or_(*there)))


def stays_page(
    session: Session, where: Sequence[sa.ColumnElement[bool]], cursor: str | None, limit: int
) -> tuple[list[tuple[ParkingStay, dict[str, Any]]], str | None]:
    """A page of stays with the names of their lots, the one noted last first, and the next page's cursor."""
    query = sa.select(ParkingStay, Lot.name).join(Lot, Lot.id == ParkingStay.lot_id).where(*where)
    found, following = newest_first(session, query, ParkingStay.id, cursor, limit)
    return [(stay, name) for stay, name in found], following
