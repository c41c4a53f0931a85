"""What operators set up: car parks, zones, bays, lanes, devices; and opening and closing them.

Every verb writes the car park's own row, so of two that happen at once the later one meets 412.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from facilities.capacity.grid import Grid
from facilities.capacity.ledger import changing, setup
from facilities.capacity.ledger.model import OpeningCalendar
from facilities.capacity.opening import Opening
from facilities.capacity.rules import Policy
from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.lots.describing import describe, described, wrong
from facilities.living.parking.lots.model import (
    Bay,
    Device,
    DeviceKind,
    Lane,
    LaneZone,
    Lot,
    LotState,
    Zone,
    ZoneKind,
)
from facilities.living.parking.lots.policy import require_operator
from facilities.living.parking.lots.queries import lanes_of, metres_of, numbered, tariffs_on
from shared.clock import PARK_TZ
from shared.database import Base
from shared.errors import Conflict, FieldError, InvalidInput, PreconditionFailed
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

GRAIN_S = 1800
"""Slots of half an hour: what is reserved is rounded outwards to them."""
_MONTH_SLOTS = 31 * 86_400 // GRAIN_S
"""A pass takes its bay for a month in one claim."""
MOST_BAYS_AT_ONCE = 1000

_TAKEN = Text("编号“{code}”已被使用", "The code {code} is taken")
_STATE = Text("停车场当前状态不能这样办理", "The state of the car park does not allow this")
_INCOMPLETE = Text("停车场尚未设置完整，不能开放", "The car park is not set up completely")
_NO_ZONES = Text("请先添加停车区", "It has no zone yet")
_NO_WAY_IN = Text("请先添加入口车道", "It has no way in yet")
_NO_WAY_OUT = Text("请先添加出口车道", "It has no way out yet")
_NOWHERE = Text(
    "入口“{code}”未设置到停车区的距离", "No zone can be reached from the way in {code}: say how far they are"
)
_NO_TARIFF = Text("今天没有生效的收费标准", "No tariff is in force today")
_BAYS = Text("该停车区已编号{bays}个车位，不能少于此数", "{bays} bays of the zone have numbers: no fewer")
_BACKWARDS = Text("结束编号不能小于起始编号", "The last number comes before the first")
_AT_ONCE = Text("一次最多添加{most}个车位", "{most} bays at a time at most")
_TOO_MANY = Text(
    "该停车区容量为{capacity}，已编号{bays}个车位",
    "The zone holds {capacity}, and {bays} bays have numbers",
)
_BAY = Text("车位号“{number}”已存在", "The bay {number} is there already")
_BAYS_STAND = Text("部分车位号已存在", "Some of the bays are there already")
_OTHER_ZONE = Text("本停车场没有这个停车区", "The car park has no such zone")
_TWICE = Text("重复填写", "It is named twice")


def enter_lot(tx: Transaction, code: str, **data: Any) -> Lot:
    """A car park as somebody describes it.

    Raises Forbidden for others than operators, InvalidInput with everything that is wrong, Conflict where
    the code is taken.
    """
    require_operator(tx.actor)
    if found := wrong(data):
        raise InvalidInput(errors=found)
    return create_lot(tx, code=code, **described(data))


def create_lot(
    tx: Transaction,
    *,
    code: str,
    name: Mapping[str, str],
    place: str,
    operator_name: str,
    complaint_phone: str,
    hours: Sequence[Mapping[str, Any]],
    drive_in: bool,
    early_s: int,
    policy: Policy,
) -> Lot:
    """A car park that nobody can use yet: it has no zone and no tariff. Conflict where the code is taken."""
    require_operator(tx.actor)
    lot = Lot(
        id=new_id(),
        code=code,
        name=dict(name),
        place=place,
        operator_name=operator_name,
        complaint_phone=complaint_phone,
        hours=[dict(each) for each in hours],
        drive_in=drive_in,
        rules=policy.to_json(),
        early_s=early_s,
        state=LotState.DRAFT,
        created_at=tx.now,
        updated_at=tx.now,
    )
    if hours:
        opening = Opening.from_json(lot.hours)
        lot.calendar_id = setup.create_calendar(tx, Text.of(lot.name), opening).id
    add_under(tx, lot, code)
    tx.audit("lot.created", "parking_lot", lot.id)
    return lot


def change_lot(tx: Transaction, lot: Lot, **data: Any) -> Lot:
    """Describe it anew, and let it be reserved by other rules from now on; what is reserved stays as it is.

    Raises InTheWay where bookings contradict other hours.
    """
    require_operator(tx.actor)
    if found := wrong(data):
        raise InvalidInput(errors=found)
    before = lot.hours
    describe(lot, data)
    save(tx, lot)
    if lot.hours != before:
        _open_by_hours(tx, lot)
    tx.audit("lot.changed", "parking_lot", lot.id)
    return lot


def open_lot(tx: Transaction, lot: Lot) -> Lot:
    """Let cars come. Raises Conflict where something is missing without which nobody can park."""
    require_operator(tx.actor)
    if lot.state is LotState.OPEN:
        raise Conflict(_STATE, slug="wrong-state")
    save(tx, lot)
    if missing := _missing(tx, lot):
        raise Conflict(_INCOMPLETE, missing, slug="lot-incomplete")
    lot.state = LotState.OPEN
    tx.session.flush()
    tx.audit("lot.opened", "parking_lot", lot.id)
    return lot


def close_lot(tx: Transaction, lot: Lot) -> Lot:
    """Let no car come any more; those that are there leave as usual, and what is booked stands."""
    require_operator(tx.actor)
    if lot.state is not LotState.OPEN:
        raise Conflict(_STATE, slug="wrong-state")
    lot.state = LotState.CLOSED
    save(tx, lot)
    tx.audit("lot.closed", "parking_lot", lot.id)
    return lot


def add_zone(
    tx: Transaction, lot: Lot, *, code: str, name: Mapping[str, str], kind: ZoneKind, capacity: int
) -> Zone:
    """A pool of bays, with a ledger of its own that is open when the car park is."""
    require_operator(tx.actor)
    save(tx, lot)
    calendar = None if lot.calendar_id is None else tx.session.get_one(OpeningCalendar, lot.calendar_id)
    ledger = setup.create_ledger(tx, Grid(GRAIN_S, PARK_TZ), capacity, calendar, _MONTH_SLOTS)
    zone = Zone(
        id=new_id(),
        lot_id=lot.id,
        code=code,
        name=dict(name),
        kind=kind,
        capacity=capacity,
        ledger_id=ledger.id,
        made_at=tx.now,
    )
    add_under(tx, zone, code)
    setup.set_rules(tx, zone.id, {ledger.id: 1})
    tx.audit("lot.zone-added", "parking_lot", lot.id, {"zone": str(zone.id), "capacity": capacity})
    return zone


def change_zone(tx: Transaction, lot: Lot, zone: Zone, name: Mapping[str, str], capacity: int) -> Zone:
    """Give it another name, or let it hold more or fewer cars from now on.

    Raises InTheWay where more is booked, InvalidInput where more bays have numbers.
    """
    require_operator(tx.actor)
    save(tx, lot)
    bays, _ = numbered(tx.session, [zone.id])[zone.id]
    if capacity < bays:
        raise InvalidInput(errors=[FieldError("/capacity", "bays", _BAYS.format(bays=bays))])
    zone.name = dict(name)
    if zone.capacity != capacity:
        changing.change_capacity(tx, zone.ledger_id, capacity)
        zone.capacity = capacity
    tx.session.flush()
    tx.audit("lot.zone-changed", "parking_lot", lot.id, {"zone": str(zone.id), "capacity": capacity})
    return zone


def add_bays(
    tx: Transaction,
    lot: Lot,
    zone: Zone,
    *,
    prefix: str,
    first: int,
    last: int,
    digits: int,
    accessible: bool,
) -> Sequence[Bay]:
    """Bays with numbers in a row, never more than the zone holds. Conflict where one is there already."""
    require_operator(tx.actor)
    save(tx, lot)
    if last < first:
        raise InvalidInput(errors=[FieldError("/last", "backwards", _BACKWARDS)])
    if last - first >= MOST_BAYS_AT_ONCE:
        said = _AT_ONCE.format(most=MOST_BAYS_AT_ONCE)
        raise InvalidInput(errors=[FieldError("/last", "at_once", said)])
    numbers = [f"{prefix}{each:0{digits}d}" for each in range(first, last + 1)]
    query = sa.select(Bay.number).where(Bay.zone_id == zone.id, Bay.number.in_(numbers))
    if there := sorted(tx.session.scalars(query)):
        named = [FieldError("/first", "stands", _BAY.format(number=each)) for each in there[:50]]
        raise Conflict(_BAYS_STAND, named, slug="bay-stands")
    bays, _ = numbered(tx.session, [zone.id])[zone.id]
    if bays + len(numbers) > zone.capacity:
        said = _TOO_MANY.format(capacity=zone.capacity, bays=bays)
        raise InvalidInput(errors=[FieldError("/last", "too_many", said)])
    made = [Bay(id=new_id(), zone_id=zone.id, number=each, accessible=accessible) for each in numbers]
    tx.session.add_all(made)
    tx.session.flush()
    tx.audit("lot.bays-added", "parking_lot", lot.id, {"zone": str(zone.id), "bays": len(made)})
    return made


def add_lane(
    tx: Transaction,
    lot: Lot,
    *,
    code: str,
    name: Mapping[str, str],
    direction: Direction,
    metres: Mapping[UUID, int],
) -> Lane:
    """A way in or out; `metres` says how far the zones are from it.

    Raises InvalidInput for another one's zone, and for a way into an open car park that leads nowhere.
    """
    require_operator(tx.actor)
    save(tx, lot)
    _require_to_lead(lot, code, direction, metres)
    lane = Lane(id=new_id(), lot_id=lot.id, code=code, name=dict(name), direction=direction)
    add_under(tx, lane, code)
    _set_metres(tx, lane, metres)
    tx.audit("lot.lane-added", "parking_lot", lot.id, {"lane": str(lane.id), "direction": direction})
    return lane


def change_lane(
    tx: Transaction, lot: Lot, lane: Lane, name: Mapping[str, str], metres: Mapping[UUID, int]
) -> Lane:
    """Give it another name, or say anew how far the zones are. Raises as `add_lane` does."""
    require_operator(tx.actor)
    save(tx, lot)
    _require_to_lead(lot, lane.code, lane.direction, metres)
    lane.name = dict(name)
    tx.session.execute(sa.delete(LaneZone).where(LaneZone.lane_id == lane.id))
    _set_metres(tx, lane, metres)
    tx.audit("lot.lane-changed", "parking_lot", lot.id, {"lane": str(lane.id)})
    return lane


def metres_by_zone(named: Sequence[Mapping[str, Any]]) -> dict[UUID, int]:
    """How far the zones are, as somebody has typed it; InvalidInput for one that is named twice."""
    found: dict[UUID, int] = {}
    twice = []
    for number, each in enumerate(named):
        if each["zone_id"] in found:
            twice.append(FieldError(f"/metres/{number}/zone_id", "twice", _TWICE))
        found[each["zone_id"]] = each["metres"]
    if twice:
        raise InvalidInput(errors=twice)
    return found


def add_device(tx: Transaction, lot: Lot, lane: Lane, *, code: str, kind: DeviceKind) -> tuple[Device, str]:
    """A camera or barrier at a lane, and its secret, which is told this once and never again."""
    require_operator(tx.actor)
    save(tx, lot)
    secret, sealed = make_secret(tx)
    device = Device(
        id=new_id(),
        lane_id=lane.id,
        code=code,
        kind=kind,
        secret=sealed,
        enabled=True,
        made_at=tx.now,
    )
    add_under(tx, device, code)
    tx.audit("lot.device-added", "parking_lot", lot.id, {"lane": str(lane.id), "device": str(device.id)})
    tx.audit("device.added", "parking_device", device.id, {"lane": str(lane.id), "kind": kind})
    return device, secret


def make_secret(tx: Transaction) -> tuple[str, bytes]:
    """A secret for a device, and how it is kept."""
    secret = secrets.token_urlsafe(32)
    return secret, tx.context.cipher.seal_bytes(secret.encode())


def save(tx: Transaction, lot: Lot) -> None:
    """Write the lot's row, changed or not; PreconditionFailed when somebody else has meanwhile."""
    lot.updated_at = tx.now
    flag_modified(lot, "updated_at")
    try:
        tx.session.flush()
    except StaleDataError as error:
        raise PreconditionFailed from error


def add_under(tx: Transaction, row: Base, code: str) -> None:
    """Enter something under a code of its own; Conflict where another one has it."""
    try:
        with tx.session.begin_nested():
            tx.session.add(row)
            tx.session.flush()
    except IntegrityError as error:
        named = [FieldError("/code", "taken", _TAKEN.format(code=code))]
        raise Conflict(_TAKEN.format(code=code), named, slug="code-taken") from error


def _require_to_lead(lot: Lot, code: str, direction: Direction, metres: Mapping[UUID, int]) -> None:
    """Every way into an open car park leads to a zone, or each car there would be told that it is full."""
    if lot.state is LotState.OPEN and direction is Direction.IN and not metres:
        raise InvalidInput(errors=[FieldError("/metres", "leads_nowhere", _NOWHERE.format(code=code))])


def _set_metres(tx: Transaction, lane: Lane, metres: Mapping[UUID, int]) -> None:
    zones = set(tx.session.scalars(sa.select(Zone.id).where(Zone.lot_id == lane.lot_id)))
    strange = [
        FieldError(f"/metres/{number}/zone_id", "unknown", _OTHER_ZONE)
        for number, zone in enumerate(metres)
        if zone not in zones
    ]
    if strange:
        raise InvalidInput(errors=strange)
    tx.session.add_all(LaneZone(lane_id=lane.id, zone_id=zone, metres=far) for zone, far in metres.items())
    tx.session.flush()


def _missing(tx: Transaction, lot: Lot) -> list[FieldError]:
    """What it lacks without which nobody can park there."""
    found = []
    if tx.session.scalar(sa.select(Zone.id).where(Zone.lot_id == lot.id).limit(1)) is None:
        found.append(FieldError("/zones", "missing", _NO_ZONES))
    lanes = lanes_of(tx.session, lot.id)
    for direction, said in ((Direction.IN, _NO_WAY_IN), (Direction.OUT, _NO_WAY_OUT)):
        if not any(lane.direction is direction for lane in lanes):
            found.append(FieldError("/lanes", f"no_way_{direction.value}", said))
    metres = metres_of(tx.session, [lane.id for lane in lanes])
    found += [
        FieldError("/lanes", "leads_nowhere", _NOWHERE.format(code=lane.code))
        for lane in lanes
        if lane.direction is Direction.IN and lane.id not in metres
    ]
    if lot.id not in tariffs_on(tx.session, [lot.id], tx.today):
        found.append(FieldError("/tariffs", "missing", _NO_TARIFF))
    return found


def _open_by_hours(tx: Transaction, lot: Lot) -> None:
    """Let every zone be open when the car park now is."""
    known = tx.session.get(OpeningCalendar, lot.calendar_id) if lot.calendar_id else None
    if lot.hours and known is not None:
        changing.change_hours(tx, known, Opening.from_json(lot.hours))
        return
    calendar = None
    if lot.hours:
        calendar = setup.create_calendar(tx, Text.of(lot.name), Opening.from_json(lot.hours))
    ledgers = sa.select(Zone.ledger_id).where(Zone.lot_id == lot.id).order_by(Zone.ledger_id)
    for ledger in tx.session.scalars(ledgers).all():
        changing.open_by(tx, ledger, calendar)
    lot.calendar_id = calendar.id if calendar else None
    tx.session.flush()
