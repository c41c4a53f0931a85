"""Disabling devices, enabling them again, and giving them another secret.

Each writes the device's own row, so of two that happen at once the later one meets 412.
"""

from facilities.living.parking.lots.commands import make_secret
from facilities.living.parking.lots.model import Device
from facilities.living.parking.lots.policy import require_operator
from shared.errors import Conflict
from shared.text import Text
from shared.transaction import Transaction

_STATE = Text("设备当前状态不能这样办理", "The state of the device does not allow this")


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
