"""What a firm does with its machines: list, change, publish, withdraw, price, close for a time.

Each verb is one transaction. The machine's own row is written by each of them, so of two that happen at once
the later one meets 412.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from facilities.capacity.grid import DAY_S, Grid, Span
from facilities.capacity.ledger import changing, setup
from facilities.capacity.ledger.model import CapacityException, OpeningCalendar
from facilities.capacity.ledger.queries import pool_of
from facilities.capacity.opening import Opening
from facilities.capacity.tariff import Operator
from facilities.production.machines.events import announce_machine
from facilities.production.machines.listing import (
    at,
    describe,
    grain_of,
    policy_of,
    version_of,
    wrong,
    wrong_price,
)
from facilities.production.machines.model import Crew, Machine, MachinePrice, MachineState
from facilities.production.machines.policy import require_active, require_member, require_owner
from shared.clock import PARK_TZ
from shared.errors import Conflict, FieldError, InvalidInput, NotFound, PreconditionFailed
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

FARTHEST = timedelta(days=366)
"""How far ahead a price or a closure may begin, or a closure end."""

_STATE = Text("设备当前状态不能这样办理", "The state of the machine does not allow this")
_EXPIRED = Text("设备资质文件已过期", "The document that says the machine is fit for use has expired")
_NOT_PUBLISHED = Text("设备尚未发布", "The machine has not been published")
_STANDS = Text("当日已有价格版本开始生效", "A price begins on that day already")
_PAST = Text("时间已过", "That has passed")
_FAR = Text("最多可提前{days}天", "It lies more than {days} days ahead")
_BACKWARDS = Text("结束时间应晚于开始时间", "The end has to be later than the beginning")
_MORE = Text("不能多于设备台数", "There are not so many machines")
_NO_CREW = Text("没有这个班组", "There is no such crew")
_NO_CLOSURE = Text("没有这个停用时段", "There is no such closure")
_FINER = Text(
    "该设备已按{minutes}分钟的时间格发布，时间设置应为其整数倍",
    "The machine was published in slots of {minutes} minutes; times have to be multiples of that",
)


def create_crew(tx: Transaction, owner: str, name: Mapping[str, str], people: int) -> Crew:
    """Operators of a firm whom several machines share."""
    require_member(tx.actor, owner)
    require_active(tx.session, owner)
    ledger = setup.create_ledger(tx, Grid(300, PARK_TZ), people, most_slots=_MOST_OF_A_CREW)
    crew = Crew(id=new_id(), owner=owner, name=dict(name), people=people, ledger_id=ledger.id, made_at=tx.now)
    tx.session.add(crew)
    tx.audit("crew.created", "machine_crew", crew.id, on_behalf_of=owner)
    return crew


def create_machine(tx: Transaction, owner: str, price: Mapping[str, Any], **data: Any) -> Machine:
    """A draft with its first price, which stands from now on.

    Raises Forbidden for others than members of the owner, Conflict where the firm is not active, InvalidInput
    with everything that is wrong.
    """
    require_member(tx.actor, owner)
    require_active(tx.session, owner)
    found = [*_wrong(tx, owner, data), *at("/price", wrong_price(price))]
    if found:
        raise InvalidInput(errors=found)
    machine = Machine(
        id=new_id(),
        operated_id=new_id(),
        owner=owner,
        contact=tx.actor.id,
        state=MachineState.DRAFT,
        created_at=tx.now,
        updated_at=tx.now,
    )
    describe(machine, data)
    tx.session.add(machine)
    tx.session.flush()
    _enter_price(tx, machine, tx.today, price)
    tx.audit("machine.created", "machine", machine.id, on_behalf_of=owner)
    return machine


def change_machine(tx: Transaction, machine: Machine, **data: Any) -> Machine:
    """Describe it anew, and let it be booked by other rules from now on; what is booked stays as it is.

    Raises InTheWay where bookings contradict other hours or fewer machines.
    """
    require_owner(tx.actor, machine)
    found = _wrong(tx, machine.owner, data)
    if machine.ledger_id is not None and not found:
        found += _finer(tx, machine.ledger_id, data)
    if found:
        raise InvalidInput(errors=found)
    before = (machine.units, machine.hours)
    describe(machine, data)
    save(tx, machine)
    if machine.ledger_id is not None:
        _carry_over(tx, machine, machine.ledger_id, *before)
    tx.audit("machine.changed", "machine", machine.id, on_behalf_of=machine.owner)
    return machine


def publish(tx: Transaction, machine: Machine) -> Machine:
    """Let others find and book it; the first time it gets what the capacity engine books."""
    require_owner(tx.actor, machine)
    require_active(tx.session, machine.owner)
    if machine.state is MachineState.PUBLISHED:
        raise Conflict(_STATE, slug="wrong-state")
    if machine.qualified_until is not None and machine.qualified_until < tx.today:
        raise Conflict(_EXPIRED, slug="qualification-expired")
    save(tx, machine)
    again = machine.ledger_id
    if machine.ledger_id is None:
        calendar = _calendar(tx, machine) if machine.hours else None
        grid = Grid(grain_of(machine.policy), PARK_TZ)
        machine.ledger_id = setup.create_ledger(tx, grid, machine.units, calendar).id
        machine.calendar_id = calendar.id if calendar else None
        _set_rules(tx, machine, machine.ledger_id)
    machine.state = MachineState.PUBLISHED
    announce_machine(tx, machine, "published")
    save(tx, machine)
    if again is not None:
        changing.offer_again(tx, again)
    tx.audit("machine.published", "machine", machine.id, on_behalf_of=machine.owner)
    return machine


def withdraw(tx: Transaction, machine: Machine) -> Machine:
    """Let it be found and booked no more; what is booked stands."""
    require_owner(tx.actor, machine)
    if machine.state is not MachineState.PUBLISHED:
        raise Conflict(_STATE, slug="wrong-state")
    return take_off(tx, machine)


def take_off(tx: Transaction, machine: Machine) -> Machine:
    """The step of `withdraw`, whoever takes it: the owner, or the system when the owner has ended."""
    machine.state = MachineState.WITHDRAWN
    announce_machine(tx, machine, "withdrawn")
    save(tx, machine)
    tx.audit("machine.withdrawn", "machine", machine.id, on_behalf_of=machine.owner)
    return machine


def add_price(tx: Transaction, machine: Machine, effective_on: date | None, **price: Any) -> MachinePrice:
    """Another price for bookings made from now on that begin on that day or later; None is today.

    What is booked keeps its price. Raises Conflict where a price begins on that very day.
    """
    require_owner(tx.actor, machine)
    day = effective_on or tx.today
    found = list(wrong_price(price))
    if day < tx.today:
        found.append(FieldError("/effective_on", "past", _PAST))
    elif day > tx.today + FARTHEST:
        found.append(FieldError("/effective_on", "too_far", _FAR.format(days=FARTHEST.days)))
    if found:
        raise InvalidInput(errors=found)
    save(tx, machine)
    same = sa.select(MachinePrice.number).where(
        MachinePrice.machine_id == machine.id, MachinePrice.effective_on == day
    )
    if tx.session.scalar(same) is not None:
        raise Conflict(_STANDS, slug="price-stands")
    made = _enter_price(tx, machine, day, price)
    details = {"number": made.number}
    tx.audit("machine.priced", "machine", machine.id, details, on_behalf_of=machine.owner)
    return made


def close(
    tx: Transaction, machine: Machine, starts_at: datetime, ends_at: datetime, capacity: int, reason: str
) -> CapacityException:
    """Close it for a time, or let fewer of several be there. Raises InTheWay with the bookings in the way."""
    require_owner(tx.actor, machine)
    found = _not_within_reach(tx, {"/starts_at": starts_at, "/ends_at": ends_at})
    if starts_at >= ends_at:
        found.append(FieldError("/ends_at", "backwards", _BACKWARDS))
    if capacity >= machine.units:
        found.append(FieldError("/capacity", "too_many", _MORE))
    if found:
        raise InvalidInput(errors=found)
    if machine.ledger_id is None:
        raise Conflict(_NOT_PUBLISHED, slug="not-offered")
    save(tx, machine)
    made = changing.set_exception(tx, machine.ledger_id, Span(starts_at, ends_at), capacity, reason)
    tx.audit("machine.closed", "machine", machine.id, {"closure": str(made.id)}, on_behalf_of=machine.owner)
    return made


def reopen(tx: Transaction, machine: Machine, closure_id: UUID) -> None:
    """Take a closure back; NotFound when the machine has none of that id."""
    require_owner(tx.actor, machine)
    save(tx, machine)  # first: of two that take it back at once the later one meets its version, not nothing
    found = tx.session.get(CapacityException, closure_id)
    if found is None or found.ledger_id != machine.ledger_id:
        raise NotFound(_NO_CLOSURE)
    changing.remove_exception(tx, found)
    tx.audit(
        "machine.reopened", "machine", machine.id, {"closure": str(closure_id)}, on_behalf_of=machine.owner
    )


def save(tx: Transaction, machine: Machine) -> None:
    """Write the machine's row, changed or not; PreconditionFailed when somebody else has meanwhile."""
    machine.updated_at = tx.now
    flag_modified(machine, "updated_at")
    try:
        tx.session.flush()
    except StaleDataError as error:
        raise PreconditionFailed from error


_MOST_OF_A_CREW = 12 * 24 * 31
"""Slots of five minutes in the longest time for which a machine can be booked."""


def _wrong(tx: Transaction, owner: str, data: Mapping[str, Any]) -> list[FieldError]:
    found = wrong(data)
    if data["crew_id"] is not None:
        crew = tx.session.get(Crew, data["crew_id"])
        if crew is None or crew.owner != owner:
            found.append(FieldError("/crew_id", "unknown", _NO_CREW))
    return found


def _finer(tx: Transaction, ledger_id: int, data: Mapping[str, Any]) -> list[FieldError]:
    """The slots of a published machine stay as they are: rules that would need finer ones are refused."""
    grain = pool_of(tx.session, ledger_id).grid.grain_s
    wanted = grain_of(policy_of(data["rules"], data["units"]))
    if wanted % grain == 0 and (wanted == DAY_S) == (grain == DAY_S):
        return []
    return [FieldError("/rules/start_grid_min", "finer", _FINER.format(minutes=grain // 60))]


def _carry_over(
    tx: Transaction, machine: Machine, ledger_id: int, units: int, hours: list[dict[str, Any]]
) -> None:
    """Let the engine know of what has changed."""
    if machine.hours != hours:
        known = tx.session.get(OpeningCalendar, machine.calendar_id) if machine.calendar_id else None
        if not machine.hours:
            changing.open_by(tx, ledger_id, None)
            machine.calendar_id = None
        elif known is not None:
            changing.change_hours(tx, known, Opening.from_json(machine.hours))
        else:
            calendar = _calendar(tx, machine)
            changing.open_by(tx, ledger_id, calendar)
            machine.calendar_id = calendar.id
    if machine.units != units:
        changing.change_capacity(tx, ledger_id, machine.units, exceptions_too=True)
    _set_rules(tx, machine, ledger_id)


def _calendar(tx: Transaction, machine: Machine) -> OpeningCalendar:
    return setup.create_calendar(tx, Text.of(machine.name), Opening.from_json(machine.hours))


def _set_rules(tx: Transaction, machine: Machine, ledger_id: int) -> None:
    """With an operator of a shared crew one of its people is taken too."""
    setup.set_rules(tx, machine.id, {ledger_id: 1})
    if machine.operator is Operator.NONE:
        return
    crew = tx.session.get(Crew, machine.crew_id) if machine.crew_id else None
    setup.set_rules(tx, machine.operated_id, {ledger_id: 1, **({crew.ledger_id: 1} if crew else {})})


def _enter_price(
    tx: Transaction, machine: Machine, effective_on: date, price: Mapping[str, Any]
) -> MachinePrice:
    last = sa.select(sa.func.max(MachinePrice.number)).where(MachinePrice.machine_id == machine.id)
    version = version_of(price, (tx.session.scalar(last) or 0) + 1, effective_on)
    made = MachinePrice(
        machine_id=machine.id,
        number=version.number,
        effective_on=effective_on,
        unit=version.unit,
        unit_fen=version.unit_fen,
        tariff=version.to_json(),
        made_at=tx.now,
        made_by=tx.actor.id,
    )
    tx.session.add(made)
    tx.session.flush()
    return made


def _not_within_reach(tx: Transaction, instants: Mapping[str, datetime]) -> list[FieldError]:
    found = []
    for pointer, instant in instants.items():
        if instant < tx.now:
            found.append(FieldError(pointer, "past", _PAST))
        elif instant - tx.now > FARTHEST:
            found.append(FieldError(pointer, "too_far", _FAR.format(days=FARTHEST.days)))
    return found
