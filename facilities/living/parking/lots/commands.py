"""What the operator sets up: lots, zones, bays, lanes, devices.

Every verb writes the lot's own row, so of two that happen at once the later one meets 412.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from facilities.capacity.grid import Grid
from facilities.capacity.ledger import setup
from facilities.capacity.ledger.model import OpeningCalendar
from facilities.capacity.opening import Opening
from facilities.capacity.rules import Policy
from facilities.living.parking.gates.readings import Direction
from facilities.living.parking.lots.model import (
    Device,
    DeviceKind,
    Lane,
    LaneZone,
    Lot,
    LotState,
    Zone,
    ZoneKind,
)
from shared.clock import PARK_TZ
from shared.errors import PreconditionFailed
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

GRAIN_S = 1800
"""Slots of half an hour: what is reserved is rounded outwards to them."""
_MONTH_SLOTS = 31 * 86_400 // GRAIN_S
"""A pass takes its bay for a month in one claim."""


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
    """A car park that nobody can use yet: it has no zone and no tariff."""
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
    tx.session.add(lot)
    tx.session.flush()
    tx.audit("lot.created", "parking_lot", lot.id)
    return lot


def add_zone(
    tx: Transaction, lot: Lot, *, code: str, name: Mapping[str, str], kind: ZoneKind, capacity: int
) -> Zone:
    """A pool of bays, with a ledger of its own that is open when the lot is."""
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
    tx.session.add(zone)
    tx.session.flush()
    setup.set_rules(tx, zone.id, {ledger.id: 1})
    tx.audit("zone.added", "parking_zone", zone.id, {"lot": str(lot.id), "capacity": capacity})
    return zone


def add_lane(
    tx: Transaction,
    lot: Lot,
    *,
    code: str,
    name: Mapping[str, str],
    direction: Direction,
    metres: Mapping[UUID, int],
) -> Lane:
    """A way in or out; `metres` says how far the zones are from it."""
    save(tx, lot)
    lane = Lane(id=new_id(), lot_id=lot.id, code=code, name=dict(name), direction=direction)
    tx.session.add(lane)
    tx.session.flush()
    tx.session.add_all(LaneZone(lane_id=lane.id, zone_id=zone, metres=far) for zone, far in metres.items())
    tx.session.flush()
    tx.audit("lane.added", "parking_lane", lane.id, {"lot": str(lot.id), "direction": direction})
    return lane


def add_device(tx: Transaction, lot: Lot, lane: Lane, *, code: str, kind: DeviceKind) -> tuple[Device, str]:
    """A camera or barrier at a lane, and its secret, which is told this once and never again."""
    save(tx, lot)
    secret = secrets.token_urlsafe(32)
    device = Device(
        id=new_id(),
        lane_id=lane.id,
        code=code,
        kind=kind,
        secret=tx.context.cipher.seal_bytes(secret.encode()),
        enabled=True,
        made_at=tx.now,
    )
    tx.session.add(device)
    tx.session.flush()
    tx.audit("device.added", "parking_device", device.id, {"lane": str(lane.id), "kind": kind})
    return device, secret


def save(tx: Transaction, lot: Lot) -> None:
    """Write the lot's row, changed or not; PreconditionFailed when somebody else has meanwhile."""
    lot.updated_at = tx.now
    flag_modified(lot, "updated_at")
    try:
        tx.session.flush()
    except StaleDataError as error:
        raise PreconditionFailed from error
