"""What the trade hears: of firms from the register, and of its own bookings that nobody has acted on."""

from collections.abc import Mapping

import sqlalchemy as sa

from facilities.capacity.bookings.events import booking_contracts
from facilities.enterprises.commands import replace_copy
from facilities.production.machines import ended_firms
from facilities.production.machines.bookings.commands import Opened, expired, let_go
from facilities.production.machines.bookings.queries import find_booking
from facilities.production.machines.demo import expect_demo
from facilities.production.machines.events import SERVICE
from facilities.production.machines.model import TRADE
from facilities.production.machines.policy import ACTIVE
from facilities.production.machines.series.commands import note_expiry
from facilities.production.machines.series.queries import find_series
from shared.messaging.envelope import Event
from shared.service import EventHandler
from shared.transaction import Transaction

REGISTERED = "yuanban.enterprise.enterprise.registered.v1"


def hear_of_firm(tx: Transaction, event: Event) -> None:
    """Replace the copy unless ours is newer; a firm that is not active any more books and offers nothing."""
    if not replace_copy(tx, event):
        return
    if event.data["status"] != ACTIVE:
        ended_firms.expect(tx, event.data["uscc"])
    else:
        expect_demo(tx, event.data["uscc"])


def hear_of_expiry(tx: Transaction, event: Event) -> None:
    """The engine has let a booking go; its history and its two sides are to know."""
    if event.data["trade"] != TRADE:
        return
    opened = Opened(*find_booking(tx.session, event.data["booking_id"], sa.true()))
    series_id = event.data["series_id"]
    if series_id is not None:
        note_expiry(tx, find_series(tx.session, series_id, sa.true()), opened.booking)
    expired(tx, opened, in_series=series_id is not None)


def hear_of_no_show(tx: Transaction, event: Event) -> None:
    """The engine has noted that nobody came, by itself or because the owner said so."""
    if event.data["trade"] == TRADE:
        let_go(tx, Opened(*find_booking(tx.session, event.data["booking_id"], sa.true())))


def handlers() -> Mapping[str, EventHandler]:
    """Event type → function."""
    said = booking_contracts(SERVICE)
    return {
        REGISTERED: hear_of_firm,
        said["expired"].type: hear_of_expiry,
        said["missed"].type: hear_of_no_show,
    }
