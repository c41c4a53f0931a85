"""Checking in at a machine: whoever has scanned its code stands before it, and may begin and end the use.

The code is a signed address that the owner has printed. What it proves is the place; who somebody is, and
which bookings are theirs, they prove by signing in.
"""

from uuid import UUID

from facilities.capacity.addresses import Feed
from facilities.capacity.bookings import commands
from facilities.capacity.lifecycle import Party
from facilities.production.machines.bookings.commands import Opened, enter
from facilities.production.machines.bookings.using import finish_as
from facilities.production.machines.events import announce_booking
from facilities.production.machines.policy import parties
from facilities.signing import fits, signed
from shared.config import Settings
from shared.errors import Forbidden
from shared.text import Text
from shared.transaction import Transaction

_CHECK_IN = "machine-check-in"
STEP = "checked_in"
"""Of the history: the use has begun, by whoever has scanned the code."""

_WRONG_CODE = Text("二维码无效，或属于另一台设备", "The code is void, or it is the one of another machine")
_NOT_YOURS = Text("只有预订方可以扫码签到", "Only the firm that has booked checks in")


def code_of(settings: Settings, machine_id: UUID) -> str:
    """The token of a machine's code."""
    return signed(settings, _place(machine_id))


def require_code(settings: Settings, machine_id: UUID, token: str) -> None:
    """The token is the one of this machine; Forbidden otherwise."""
    if not fits(settings, _place(machine_id), token):
        raise Forbidden(_WRONG_CODE)


def check_in(tx: Transaction, it: Opened, token: str) -> Opened:
    """The customer is there and begins: not before what belongs to the booking does, nor after its end."""
    _require(tx, it, token)
    commands.start(tx, it.booking, Party.CUSTOMER)
    enter(tx, it.kept, STEP, Party.CUSTOMER)
    announce_booking(tx, it.booking, it.kept, "started", Party.CUSTOMER)
    tx.audit("machine-booking.checked-in", "booking", it.booking.id, on_behalf_of=it.kept.customer)
    return it


def check_out(tx: Transaction, it: Opened, token: str) -> Opened:
    """The customer leaves: the machine ran from its start until now, and is billed so."""
    _require(tx, it, token)
    tx.audit("machine-booking.checked-out", "booking", it.booking.id, on_behalf_of=it.kept.customer)
    return finish_as(tx, it, Party.CUSTOMER, ())


def _require(tx: Transaction, it: Opened, token: str) -> None:
    if Party.CUSTOMER not in parties(tx.actor, it.kept):
        raise Forbidden(_NOT_YOURS)
    require_code(tx.context.settings, it.kept.machine_id, token)


def _place(machine_id: UUID) -> Feed:
    return Feed(_CHECK_IN, str(machine_id))
