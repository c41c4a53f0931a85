"""What the clock does to passes: reminds of their end, and ends them.

Every appointment names the last day that was paid when it was made: for a pass that was renewed since, there
is nothing to do.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

from facilities.living.parking.rights.events import announce_pass
from facilities.living.parking.rights.passes.model import ParkingPass, PassState
from shared.clock import PARK_TZ
from shared.transaction import Transaction

REMINDER_TIMER = "parking-pass-ending"
END_TIMER = "parking-pass-end"
DAYS_BEFORE = (7, 0)
"""Before its last day its holder is reminded of it; a default of ours."""
_HOUR = time(9)
"""By the wall of the park: nobody is woken at midnight."""


def expect_end(tx: Transaction, it: ParkingPass) -> None:
    """Make the appointments for a pass that is paid until a day."""
    if it.until is None:
        return
    payload = {"pass": str(it.id), "until": it.until.isoformat()}
    for before in DAYS_BEFORE:
        at = datetime.combine(it.until - timedelta(days=before), _HOUR, PARK_TZ)
        if at > tx.now:
            tx.schedule(REMINDER_TIMER, f"{it.id}/{it.until}/{before}", at, payload)
    over = datetime.combine(it.until + timedelta(days=it.grace_days + 1), time(), PARK_TZ)
    tx.schedule(END_TIMER, f"{it.id}/{it.until}", over, payload)


def remind(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The appointment of the reminder: tell of the end, unless the pass was renewed."""
    it = _still_ending(tx, payload)
    if it is not None:
        announce_pass(tx, it, "ending")
        tx.audit("parking-pass.reminded", "parking_pass", it.id)


def end(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The appointment of the end: the pass is over, with its days of grace."""
    it = _still_ending(tx, payload)
    if it is not None:
        it.state = PassState.EXPIRED
        it.updated_at = tx.now
        announce_pass(tx, it, "expired")
        tx.audit("parking-pass.expired", "parking_pass", it.id)


def _still_ending(tx: Transaction, payload: Mapping[str, object]) -> ParkingPass | None:
    """The pass, taken until the transaction ends, if that is still its last day."""
    it = tx.session.get(ParkingPass, UUID(str(payload["pass"])), with_for_update=True, populate_existing=True)
    until = date.fromisoformat(str(payload["until"]))
    return it if it is not None and it.state is PassState.ACTIVE and it.until == until else None
