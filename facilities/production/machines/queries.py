"""Reading machines, their prices and closures. Who may see which comes along as a condition."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, lazyload, load_only
from sqlalchemy.orm.util import identity_key

from facilities.capacity.grid import Span
from facilities.capacity.ledger.model import CapacityException
from facilities.capacity.ledger.queries import pool_of, units_from, units_said
from facilities.capacity.tariff import PriceVersion, in_force
from facilities.enterprises.model import EnterpriseCopy
from facilities.production.machines.model import (
    Crew,
    Machine,
    MachinePrice,
    MachineState,
)
from facilities.production.machines.wishes import Offered, price_of
from shared.clock import local_date
from shared.database import table_of
from shared.errors import NotFound, PreconditionFailed
from shared.pages import newest_first
from shared.text import Text

_NO_MACHINE = Text("没有这台设备，或您无权查看", "There is no such machine, or you may not see it")

_FAR = timedelta(days=1000)
"""Beyond every horizon, and within what calendars can count."""

_LATER = table_of(MachinePrice).alias("later")


def _in_force(day: date | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    newer = sa.exists().where(
        _LATER.c.machine_id == MachinePrice.machine_id,
        _LATER.c.effective_on <= day,
        _LATER.c.effective_on > MachinePrice.effective_on,
    )
    return sa.and_(MachinePrice.effective_on <= day, ~newer)


_CUSTOMER, _OWNER = (table_of(EnterpriseCopy).alias(side) for side in ("customer", "owner"))
# Put together once: with every booking that would cost as much as carrying it out.
_ASKED = (
    sa.select(
        Machine,
        MachinePrice.tariff,
        units_said(Machine.id),
        units_said(Machine.operated_id),
        *(firm.c[column] for firm in (_CUSTOMER, _OWNER) for column in ("name", "status")),
    )
    .select_from(Machine)
    .outerjoin(
        MachinePrice,
        sa.and_(MachinePrice.machine_id == Machine.id, _in_force(sa.bindparam("day", type_=sa.Date()))),
    )
    .outerjoin(_CUSTOMER, _CUSTOMER.c.uscc == sa.bindparam("customer", type_=sa.String()))
    .outerjoin(_OWNER, _OWNER.c.uscc == Machine.owner)
    .where(Machine.id == sa.bindparam("machine", type_=sa.Uuid()))
    .options(
        lazyload(Machine.materials),
        load_only(
            *(Machine.version, Machine.owner, Machine.contact, Machine.name, Machine.state),
            *(Machine.operated_id, Machine.operator, Machine.qualified_until),
            *(Machine.place, Machine.rules, Machine.cancellation),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Sight:
    """Which machines somebody may know of: a condition on their firms, the parameter `own`."""

    condition: sa.ColumnElement[bool]
    own: Sequence[str]


ALL = Sight(sa.true(), ())


@lru_cache(maxsize=8)
def _asked_if(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return _ASKED.where(condition)


@dataclass(frozen=True, slots=True)
class Asked:
    """A machine as a firm that would book it finds it, with all that a wish is judged by."""

    machine: Machine
    offered: Offered | None
    """At the price for the day of the wish; None where none has begun by then."""
    firms: Mapping[str, str]
    """What the customer and the owner are called; by their codes where the register has not told of them."""
    standing: tuple[str | None, str | None]
    """How the two stand in the register."""
    units: Mapping[UUID, Mapping[int, int]]
    """What a unit takes of which ledgers, without an operator and with one."""


def asked_for(
    session: Session,
    machine_id: UUID,
    sight: Sight,
    customer: str,
    at: datetime,
    now: datetime,
) -> Asked:
    """A machine that a firm wants to book from `at` on, in one query; NotFound as `find_machine`."""
    # A time that the rules refuse, where no calendar may reach, has the price of one that they may allow.
    day = local_date(max(now, min(at, now + _FAR)))
    asked = {"machine": machine_id, "customer": customer, "day": day, "own": sight.own}
    row = session.execute(_asked_if(sight.condition), asked).one_or_none()
    if row is None:
        raise NotFound(_NO_MACHINE)
    machine, tariff, units, operated_units, customer_name, customer_status, owner_name, owner_status = row
    return Asked(
        machine,
        _at_price(machine, price_of(tariff, machine.operator)) if tariff is not None else None,
        {customer: customer_name or customer, machine.owner: owner_name or machine.owner},
        (customer_status, owner_status),
        {machine.id: units_from(units), machine.operated_id: units_from(operated_units)},
    )


def find_machine(
    session: Session,
    machine_id: UUID,
    visible: sa.ColumnElement[bool],
    *,
    expected_version: int | None = None,
) -> Machine:
    """A machine of which the reader may know; NotFound otherwise, PreconditionFailed when it has changed."""
    # Its materials are read where they are shown: whoever books it does not need them.
    query = sa.select(Machine).where(Machine.id == machine_id, visible)
    found = session.scalar(query.options(lazyload(Machine.materials)))
    if found is None:
        raise NotFound(_NO_MACHINE)
    if expected_version is not None and found.version != expected_version:
        raise PreconditionFailed
    return found


def in_force_at(at: datetime) -> sa.ColumnElement[bool]:
    """Of a machine's prices the one for bookings that begin at `at`."""
    return _in_force(local_date(at))


def offered(session: Session, machine: Machine, at: datetime) -> Offered | None:
    """The machine at the price for what begins at `at`; None where none has begun by then."""
    query = sa.select(MachinePrice.tariff).where(MachinePrice.machine_id == machine.id, in_force_at(at))
    tariff = session.scalar(query)
    return None if tariff is None else _at_price(machine, price_of(tariff, machine.operator))


def offered_each(session: Session, machine: Machine) -> Callable[[datetime], Offered | None]:
    """The same for any number of beginnings, by one query."""
    versions = versions_of(session, machine)

    def at(instant: datetime) -> Offered | None:
        price = in_force(versions, local_date(instant))
        return None if price is None else _at_price(machine, price)

    return at


def _at_price(machine: Machine, price: PriceVersion) -> Offered:
    return Offered(machine.id, machine.operated_id, machine.operator, machine.qualified_until, price)


def versions_of(session: Session, machine: Machine) -> list[PriceVersion]:
    """Every version of a machine's price, the latest first."""
    query = sa.select(MachinePrice.tariff).where(MachinePrice.machine_id == machine.id)
    found = session.scalars(query.order_by(MachinePrice.effective_on.desc()))
    return [price_of(tariff, machine.operator) for tariff in found]


def list_machines(
    session: Session, owners: Sequence[str], state: MachineState | None, cursor: str | None, limit: int
) -> tuple[Sequence[Machine], str | None]:
    """A page of the machines of these firms, the one listed last first, and the cursor of the next page."""
    query = sa.select(Machine).where(Machine.owner.in_(owners))
    if state is not None:
        query = query.where(Machine.state == state)
    found, following = newest_first(session, query, Machine.id, cursor, limit)
    return [each for (each,) in found], following


def span_of(session: Session, closure: CapacityException) -> Span:
    """The time of a closure."""
    grid = pool_of(session, closure.ledger_id).grid
    return grid.span_of(range(closure.slot_from, closure.slot_to))


def closures_of(session: Session, machine: Machine, now: datetime) -> list[tuple[CapacityException, Span]]:
    """The closures of a machine that are not over, the earliest first."""
    if machine.ledger_id is None:
        return []
    grid = pool_of(session, machine.ledger_id).grid
    query = sa.select(CapacityException).where(
        CapacityException.ledger_id == machine.ledger_id, CapacityException.slot_to > grid.slot_of(now)
    )
    found = session.scalars(query.order_by(CapacityException.slot_from))
    return [(each, grid.span_of(range(each.slot_from, each.slot_to))) for each in found]


def crews_of(session: Session, owners: Iterable[str]) -> Sequence[Crew]:
    """The crews of these firms."""
    return session.scalars(sa.select(Crew).where(Crew.owner.in_(list(owners))).order_by(Crew.id)).all()


def machines_by_id(session: Session, ids: Iterable[UUID]) -> Mapping[UUID, Machine]:
    """These machines, each once; those that the session has read already are not read again."""
    wanted = set(ids)
    read = (session.identity_map.get(identity_key(Machine, each)) for each in wanted)
    found = {each.id: each for each in read if each is not None}
    missing = wanted - found.keys()
    if missing:
        rows = session.scalars(sa.select(Machine).where(Machine.id.in_(missing)))
        found.update((each.id, each) for each in rows)
    return found
