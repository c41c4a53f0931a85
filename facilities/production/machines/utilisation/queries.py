"""What is known of machines' time in some days, in a number of queries that does not grow with them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.bookings.model import Booking
from facilities.capacity.grid import Span
from facilities.capacity.ledger.locking import Pool, exceptions_of
from facilities.capacity.ledger.queries import rules_of
from facilities.capacity.lifecycle import State
from facilities.production.machines.model import Machine, MachineBooking, Run
from facilities.production.machines.utilisation.figures import (
    Booked,
    By,
    Capacities,
    Figures,
    Period,
    Ran,
    figures,
    periods,
    spread,
)

MOST_MACHINES = 100
"""So many are looked at together, those listed last; the others one by one."""
_TAKEN = (State.CONFIRMED, State.IN_USE, State.DONE)


@dataclass(frozen=True, slots=True)
class Utilisation:
    """How the time of machines was spent: of each on the whole, of all by period."""

    machines: tuple[tuple[Machine, Figures], ...]
    periods: tuple[tuple[Period, Figures], ...]

    @property
    def total(self) -> Figures:
        """Of all, on the whole."""
        return sum((each for _, each in self.machines), Figures())


def utilisation(
    session: Session, owner: str, machine_id: UUID | None, first: date, last: date, by: By
) -> Utilisation:
    """Of one of the owner's machines, or of all; drafts have no time yet and are not among them."""
    query = sa.select(Machine).where(Machine.owner == owner, Machine.ledger_id.is_not(None))
    if machine_id is not None:
        query = query.where(Machine.id == machine_id)
    machines = session.scalars(query.order_by(Machine.id.desc()).limit(MOST_MACHINES)).all()
    whole = Period(first, last).span()
    open_ = _capacities(session, machines, whole)
    booked, ran = _booked(session, machines, whole), _ran(session, machines, whole)
    cut = list(periods(first, last, by))
    of_all, of_each = [Figures() for _ in cut], []
    for machine in machines:
        times = zip(cut, spread(booked[machine.id], cut), spread(ran[machine.id], cut), strict=True)
        capacity = open_.get(machine.id)
        found = [figures(each, machine.units, capacity, taken, runs) for each, taken, runs in times]
        of_all = [sum_ + each for sum_, each in zip(of_all, found, strict=True)]
        of_each.append((machine, sum(found, Figures())))
    return Utilisation(tuple(of_each), tuple(zip(cut, of_all, strict=True)))


def _capacities(session: Session, machines: Sequence[Machine], whole: Span) -> dict[UUID, Capacities]:
    by_ledger: dict[int, Pool] = {
        pool.id: pool for _, pool, _ in rules_of(session, [each.id for each in machines])
    }
    slots = {ledger: pool.grid.slots(whole) for ledger, pool in by_ledger.items()}
    if not slots:
        return {}
    exceptions = exceptions_of(session, slots)
    found = {}
    for machine in machines:
        pool = by_ledger.get(machine.ledger_id or 0)
        if pool is not None:
            units = pool.capacities(slots[pool.id], exceptions[pool.id])
            found[machine.id] = Capacities(pool.grid, slots[pool.id].start, units)
    return found


def _booked(session: Session, machines: Sequence[Machine], whole: Span) -> dict[UUID, list[Booked]]:
    query = sa.select(Booking, MachineBooking.machine_id).join(
        MachineBooking, MachineBooking.id == Booking.id
    )
    found: dict[UUID, list[Booked]] = defaultdict(list)
    rows = session.execute(query.where(*_within(machines, whole), Booking.state.in_(_TAKEN)))
    for booking, machine_id in rows:
        end = booking.ends_at
        if booking.state is State.DONE and booking.ended_at is not None:
            end = min(end, max(booking.ended_at, booking.starts_at))  # the rest was free for others
        if booking.starts_at < end:
            found[machine_id].append(Booked(Span(booking.starts_at, end), booking.quantity))
    return found


def _ran(session: Session, machines: Sequence[Machine], whole: Span) -> dict[UUID, list[Ran]]:
    query = (
        sa.select(MachineBooking.machine_id, Run.started_at, Run.ended_at, Booking.ends_at)
        .join(MachineBooking, MachineBooking.id == Run.booking_id)
        .join(Booking, Booking.id == Run.booking_id)
        .where(
            Booking.resource_id.in_(_resources(machines)),
            Booking.starts_at < whole.end,
            Run.started_at < whole.end,
            Run.ended_at > whole.start,
        )
    )
    found: dict[UUID, list[Ran]] = defaultdict(list)
    for machine_id, started_at, ended_at, booked_until in session.execute(query):
        found[machine_id].append(Ran(Span(started_at, ended_at), booked_until))
    return found


def _within(machines: Sequence[Machine], whole: Span) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Booking.resource_id.in_(_resources(machines)),
        Booking.starts_at < whole.end,
        Booking.ends_at > whole.start,
    )


def _resources(machines: Sequence[Machine]) -> list[UUID]:
    return [resource for each in machines for resource in (each.id, each.operated_id)]
