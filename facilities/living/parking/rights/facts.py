"""What a plate has a right to in a car park, for the gate: two statements, whatever it has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from facilities.capacity.bookings.model import Booking
from facilities.capacity.grid import Span
from facilities.capacity.lifecycle import State
from facilities.capacity.rules import Policy
from facilities.living.parking.gates.answers import Pass
from facilities.living.parking.gates.course import State as StayState
from facilities.living.parking.rights.passes.model import ParkingPass, PassCar, PassState
from facilities.living.parking.rights.quotas.model import ParkingQuota, QuotaCar, QuotaClaim, QuotaState
from facilities.living.parking.rights.reservations.model import ParkingReservation
from facilities.living.parking.rights.visitors.model import ParkingVisit, VisitState
from facilities.living.parking.stays.model import ParkingStay
from shared.clock import local_date

REMEMBERED = timedelta(days=31)
"""So long after its end a driver is told that the pass has expired."""
NEAR = timedelta(hours=12)
"""So far ahead a driver is told that it is too early for a reservation, and so long after that it is over."""

Row = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Rights:
    """What a plate has; nothing where it has nothing. Each names the zone whose bays it takes."""

    passes: tuple[tuple[UUID, UUID, Pass], ...] = ()
    """Passes with the plate on them, with how many cars are inside on each."""
    reservation: tuple[UUID, UUID, Span] | None = None
    """The one that is due, else the one nearest to now."""
    early: timedelta = timedelta(0)
    """How long before that reservation its car may come: as was agreed when it was made."""
    quota: tuple[UUID, UUID, int] | None = None
    """Bays of a firm whose car it is, with how many of them are free; may be less than none."""
    visit: tuple[UUID, int] | None = None
    """An invitation that is due, with the minutes that the host bears."""


def rights_of(session: Session, lot_id: UUID, mark: str, now: datetime) -> Rights:
    """What the plate has a right to in this lot now; of a ticket or a misread plate nothing is known."""
    today = local_date(now)
    asked = {"lot": lot_id, "mark": mark, "now": now, "least": today - REMEMBERED}
    by_kind: dict[str, list[Row]] = {"pass": [], "quota": [], "visit": []}
    for row in session.connection().execute(_standing(), asked):
        by_kind[row.kind].append(row)
    booked = {**asked, "since": now - NEAR, "until": now + NEAR}
    booking, early = _due(session.connection().execute(_booked(), booked).all(), now)
    quotas = [(row.id, row.zone_id, row.bays - row.inside) for row in by_kind["quota"]]
    return Rights(
        passes=tuple(_pass(row) for row in by_kind["pass"]),
        reservation=booking,
        early=early,
        quota=max(quotas, key=lambda each: each[2], default=None),
        visit=next(((row.id, row.grace) for row in by_kind["visit"]), None),
    )


def _pass(row: Row) -> tuple[UUID, UUID, Pass]:
    held = Pass(row.since, row.until, row.grace, row.bays, row.inside, bool(row.suspended))
    return row.id, row.zone_id, held


def _due(found: Iterable[Row], now: datetime) -> tuple[tuple[UUID, UUID, Span] | None, timedelta]:
    """The reservation that lets its car in now, else the next one, else the last one."""
    first = None
    for row in found:
        padding = Policy.from_json(row.rules).padding
        early = padding.before + padding.set_up
        if row.starts_at - early <= now < row.ends_at:
            rank = timedelta(0)
        else:
            rank = abs(row.starts_at - now) + (NEAR * 2 if row.ends_at <= now else timedelta(0))
        if first is None or rank < first[0]:
            first = (rank, (row.id, row.zone_id, Span(row.starts_at, row.ends_at)), early)
    return (None, timedelta(0)) if first is None else first[1:]


def has_right(lot: sa.BindParameter[UUID], mark: sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    """The condition that a plate may have a right in a lot, due or not: else `rights_of` finds nothing."""
    found = (_of_pass(lot, mark), _of_firm(lot, mark), _of_host(lot, mark), _of_booking(lot, mark))
    return sa.or_(*(sa.exists().where(condition) for condition in found))


def _of_pass(lot: sa.BindParameter[UUID], mark: sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    return sa.and_(
        PassCar.plate == mark,
        PassCar.pass_id == ParkingPass.id,
        ParkingPass.lot_id == lot,
        # No IN, for which SQLAlchemy would write the statement anew each time.
        sa.or_(ParkingPass.state == PassState.ACTIVE, ParkingPass.state == PassState.EXPIRED),
    )


def _of_firm(lot: sa.BindParameter[UUID], mark: sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    return sa.and_(
        QuotaCar.plate == mark,
        QuotaCar.quota_id == ParkingQuota.id,
        ParkingQuota.lot_id == lot,
        ParkingQuota.state == QuotaState.GRANTED,
    )


def _of_host(lot: sa.BindParameter[UUID], mark: sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    return sa.and_(
        ParkingVisit.lot_id == lot, ParkingVisit.plate == mark, ParkingVisit.state == VisitState.INVITED
    )


def _of_booking(lot: sa.BindParameter[UUID], mark: sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    return sa.and_(
        ParkingReservation.lot_id == lot,
        ParkingReservation.plate == mark,
        ParkingReservation.id == Booking.id,
        Booking.state == State.CONFIRMED,
    )


@cache
def _standing() -> sa.CompoundSelect[*tuple[Any, ...]]:
    """Passes, bays of firms and invitations in one statement, built once; all have the columns of a pass."""
    lot, mark = sa.bindparam("lot", type_=sa.Uuid()), sa.bindparam("mark", type_=sa.String())
    now = _now()
    passes = _columns(
        kind=sa.literal_column("'pass'", sa.String()),
        id=ParkingPass.id,
        zone_id=ParkingPass.zone_id,
        since=ParkingPass.since,
        until=ParkingPass.until,
        grace=ParkingPass.grace_days,
        bays=ParkingPass.bays,
        inside=_inside(ParkingPass.id),
        suspended=sa.case((ParkingPass.suspended_for.is_(None), 0), else_=1),
    )
    of_pass = passes.where(_of_pass(lot, mark), ParkingPass.until >= sa.bindparam("least", type_=sa.Date()))
    kept = (
        sa.select(sa.func.coalesce(sa.func.sum(Booking.quantity), 0))
        .join(QuotaClaim, QuotaClaim.booking_id == Booking.id)
        .where(QuotaClaim.quota_id == ParkingQuota.id, Booking.state == State.CONFIRMED)
        .where(Booking.starts_at <= now, Booking.ends_at > now)
        .correlate(ParkingQuota)
        .scalar_subquery()
    )
    quotas = _columns(
        kind=sa.literal_column("'quota'", sa.String()),
        id=ParkingQuota.id,
        zone_id=ParkingQuota.zone_id,
        bays=kept,
        inside=_inside(ParkingQuota.id),
    )
    of_firm = quotas.where(_of_firm(lot, mark))
    visits = _columns(
        kind=sa.literal_column("'visit'", sa.String()), id=ParkingVisit.id, grace=ParkingVisit.minutes
    )
    of_host = visits.where(_of_host(lot, mark), ParkingVisit.starts_at <= now, ParkingVisit.ends_at > now)
    return sa.union_all(of_pass, of_firm, of_host)


@cache
def _booked() -> sa.Select[*tuple[Any, ...]]:
    """Reservations of the plate that are near, built once."""
    columns = sa.select(
        Booking.id, ParkingReservation.zone_id, Booking.starts_at, Booking.ends_at, Booking.rules
    )
    return columns.where(
        _of_booking(sa.bindparam("lot", type_=sa.Uuid()), sa.bindparam("mark", type_=sa.String())),
        Booking.starts_at < sa.bindparam("until", type_=Booking.starts_at.type),
        Booking.ends_at > sa.bindparam("since", type_=Booking.ends_at.type),
    )


_PADDED: Mapping[str, sa.ColumnElement[Any]] = {
    "zone_id": sa.cast(sa.null(), sa.Uuid()),
    "since": sa.cast(sa.null(), sa.Date()),
    "until": sa.cast(sa.null(), sa.Date()),
    "grace": sa.literal_column("0", sa.Integer()),
    "bays": sa.literal_column("0", sa.Integer()),
    "inside": sa.literal_column("0", sa.Integer()),
    "suspended": sa.literal_column("0", sa.Integer()),
}


def _columns(**named: Any) -> sa.Select[*tuple[Any, ...]]:
    columns = {"kind": None, "id": None, **_PADDED, **named}
    return sa.select(*(column.label(name) for name, column in columns.items()))


def _inside(right: InstrumentedAttribute[UUID]) -> sa.ScalarSelect[int]:
    """How many cars are inside on a right."""
    count = sa.select(sa.func.count()).select_from(ParkingStay)
    return (
        count.where(ParkingStay.right_id == right, ParkingStay.state == StayState.INSIDE)
        .correlate(right.class_)
        .scalar_subquery()
    )


def _now() -> sa.BindParameter[datetime]:
    return sa.bindparam("now", type_=Booking.starts_at.type)
