"""What rights to park hear: of firms from the register, and of bays that nobody has paid for in time."""

from collections.abc import Mapping

from facilities.capacity.bookings.events import booking_contracts
from facilities.enterprises.commands import replace_copy
from facilities.living.parking.demo import expect_demo
from facilities.living.parking.lots.model import TRADE
from facilities.living.parking.rights.events import SERVICE
from facilities.living.parking.rights.passes.commands import unpaid
from facilities.living.parking.rights.passes.queries import period_of
from facilities.living.parking.rights.quotas.commands import ACTIVE, expect_firm
from shared.messaging.envelope import Event
from shared.service import EventHandler
from shared.transaction import Transaction

REGISTERED = "yuanban.enterprise.enterprise.registered.v1"


def hear_of_firm(tx: Transaction, event: Event) -> None:
    """Replace the copy unless ours is newer; then the firm's bays are looked at."""
    if not replace_copy(tx, event):
        return
    expect_firm(tx, event.data["uscc"])
    if event.data["status"] == ACTIVE:
        expect_demo(tx, event.data["uscc"])


def hear_of_expiry(tx: Transaction, event: Event) -> None:
    """The engine has let bays go; where they were a pass's, all of its period lapses."""
    if event.data["trade"] != TRADE:
        return
    period = period_of(tx.session, event.data["booking_id"])
    if period is not None:
        unpaid(tx, period)


def handlers() -> Mapping[str, EventHandler]:
    """Event type → function."""
    return {REGISTERED: hear_of_firm, booking_contracts(SERVICE)["expired"].type: hear_of_expiry}
