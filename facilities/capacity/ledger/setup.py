"""Making ledgers, the opening calendars that they share, and the rules by which resources take them."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.grid import Grid
from facilities.capacity.ledger.model import MOST_SLOTS, ClaimRule, Ledger, OpeningCalendar
from facilities.capacity.opening import Opening
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction


def create_calendar(tx: Transaction, name: Text, opening: Opening) -> OpeningCalendar:
    """Opening hours under a name, for any number of ledgers."""
    made = OpeningCalendar(id=new_id(), name=name.to_dict(), hours=opening.to_json())
    tx.session.add(made)
    tx.session.flush()
    tx.audit("calendar.created", "opening_calendar", made.id)
    return made


def create_ledger(
    tx: Transaction,
    grid: Grid,
    capacity: int,
    calendar: OpeningCalendar | None = None,
    most_slots: int = MOST_SLOTS,
) -> Ledger:
    """A pool that holds `capacity` units while it is open; without a calendar always."""
    made = Ledger(
        grain_s=grid.grain_s,
        tz=grid.tz.key,
        default_cap=capacity,
        calendar_id=calendar.id if calendar else None,
        most_slots=most_slots,
    )
    tx.session.add(made)
    tx.session.flush()
    tx.audit("ledger.created", "ledger", str(made.id), {"capacity": capacity, "grain_s": grid.grain_s})
    return made


def set_rules(tx: Transaction, resource_id: UUID, units: Mapping[int, int]) -> None:
    """What one unit of a resource takes of which ledgers, from now on; what is booked stays as it was taken.

    One ledger for a thing of its own. The same ledger for a whole and for a part lets them block each other.
    """
    tx.session.execute(sa.delete(ClaimRule).where(ClaimRule.resource_id == resource_id))
    rules = (ClaimRule(resource_id=resource_id, ledger_id=each, units=n) for each, n in units.items())
    tx.session.add_all(rules)
    tx.session.flush()
    taken = {str(ledger): n for ledger, n in units.items()}
    tx.audit("resource.rules-set", "resource", resource_id, {"units": taken})
