"""What follows when a car is charged and stands on: its people are told, and again once it costs something.

The appointment at the end of the free time names what it was made for: for a car that has left since, or of
which another time is known now, there is nothing to do.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from facilities.living.parking.charging.events import announce
from facilities.living.parking.charging.model import ParkingCharge
from facilities.living.parking.charging.points import take_turn_at
from facilities.living.parking.charging.standing import Standing, standings
from shared.transaction import Transaction

OVERSTAY_TIMER = "parking-overstay"


def follow(tx: Transaction, charge: ParkingCharge, was: tuple[datetime | None, str | None]) -> None:
    """Tell of the end of charging, and make the appointment, once for each car that is known to stand there.

    `was` is when charging had ended, and whose car it was, before this transaction.
    """
    if was == (charge.ended_at, charge.mark):
        return
    standing = _standing_on(tx, charge)
    if standing is None or standing.free_until is None:
        return
    if was[0] is None or was[1] != charge.mark:
        announce(tx, charge, standing, "ended")
    until, stay = standing.free_until, str(standing.stay.id)
    payload = {"charge": str(charge.id), "stay": stay, "free_until": until.isoformat()}
    # Under a key of its own: one that is being kept waits for the point, whose turn this is.
    tx.schedule(OVERSTAY_TIMER, f"{charge.id}/{stay}/{until:%Y%m%d%H%M%S%f}", until, payload)


def overstay(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The appointment of the end of the free time: tell of it, unless the bay is free."""
    charge = tx.session.get_one(ParkingCharge, UUID(str(payload["charge"])))
    take_turn_at(tx.session, charge.device_id)
    tx.session.refresh(charge)
    standing = _standing_on(tx, charge)
    if standing is None or standing.free_until is None:
        return
    made_for = str(payload["stay"]), datetime.fromisoformat(str(payload["free_until"]))
    if made_for == (str(standing.stay.id), standing.free_until):
        announce(tx, charge, standing, "overstaying")
        tx.audit("charge.overstaying", "parking_charge", charge.id)


def _standing_on(tx: Transaction, charge: ParkingCharge) -> Standing | None:
    """The stay of the car, where it stands on and that costs something."""
    standing = standings(tx.session, [charge]).get(charge.id)
    return standing if standing is not None and standing.stands_on else None
