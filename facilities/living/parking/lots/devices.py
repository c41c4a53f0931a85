"""Charging points at bays; disabling devices, enabling them again, and giving them another secret.

Adding a point writes the row of the car park, all else the device's own; so of two that happen at once the
later one meets 412.
"""

import sqlalchemy as sa

from facilities.living.parking.lots.commands import add_under, make_secret, save
from facilities.living.parking.lots.model import Bay, Device, DeviceKind, Lot, Zone, ZoneKind
from facilities.living.parking.lots.policy import require_operator
from shared.errors import Conflict, FieldError, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_STATE = Text("设备当前状态不能这样办理", "The state of the device does not allow this")
_NOT_CHARGING = Text(
    "车位“{number}”不在充电区，不能安装充电桩",
    "The bay {number} is in no charging zone: no charging point can stand there",
)
_BAY_TAKEN = Text("车位“{number}”已有充电桩", "The bay {number} has a charging point already")


def add_charging_point(tx: Transaction, lot: Lot, zone: Zone, bay: Bay, *, code: str) -> tuple[Device, str]:
    """A charging point at a bay of a charging zone, and its secret, which is told this once.

    Raises InvalidInput for a bay of any other zone, Conflict where one stands there or the code is taken.
    """
    require_operator(tx.actor)
    save(tx, lot)
    if zone.kind is not ZoneKind.CHARGING:
        said = _NOT_CHARGING.format(number=bay.number)
        raise InvalidInput(errors=[FieldError("/bay_id", "not_charging", said)])
    if tx.session.scalar(sa.select(Device.id).where(Device.bay_id == bay.id)) is not None:
        said = _BAY_TAKEN.format(number=bay.number)
        raise Conflict(said, [FieldError("/bay_id", "taken", said)], slug="bay-taken")
    secret, sealed = make_secret(tx)
    device = Device(
        id=new_id(),
        bay_id=bay.id,
        code=code,
        kind=DeviceKind.CHARGER,
        secret=sealed,
        enabled=True,
        made_at=tx.now,
    )
    add_under(tx, device, code)
    tx.audit("lot.device-added", "parking_lot", lot.id, {"bay": str(bay.id), "device": str(device.id)})
    tx.audit("device.added", "parking_device", device.id, {"bay": str(bay.id), "kind": DeviceKind.CHARGER})
    return device, secret


def disable(tx: Transaction, device: Device) -> Device:
    """Believe it no more, until it is enabled again."""
    return _turn(tx, device, enabled=False)


def enable(tx: Transaction, device: Device) -> Device:
    """Believe it again; its secret is what it was."""
    return _turn(tx, device, enabled=True)


def renew_secret(tx: Transaction, device: Device) -> tuple[Device, str]:
    """Another secret, which is told this once; the one before is void."""
    require_operator(tx.actor)
    secret, device.secret = make_secret(tx)
    tx.session.flush()
    tx.audit("device.secret-renewed", "parking_device", device.id)
    return device, secret


def _turn(tx: Transaction, device: Device, *, enabled: bool) -> Device:
    require_operator(tx.actor)
    if device.enabled == enabled:
        raise Conflict(_STATE, slug="wrong-state")
    device.enabled = enabled
    tx.session.flush()
    tx.audit("device.enabled" if enabled else "device.disabled", "parking_device", device.id)
    return device
