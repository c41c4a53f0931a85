"""The accounts of a day as they are shown."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from facilities.living.parking.lots.model import Lot
from facilities.living.parking.payments.days.comparing import sums
from facilities.living.parking.payments.days.queries import (
    days_of,
    differences_of,
    open_differences,
    our_entries,
)
from facilities.living.parking.payments.model import DIFFERENCE_NAMES, ParkingDay, ParkingDifference
from facilities.living.parking.payments.view import provider_name
from shared.transaction import Context

Json = dict[str, Any]


def reconciliation_out(session: Session, context: Context, lot: Lot, day: date) -> Json:
    """The day as it stands; what was not compared yet shows our own account alone."""
    return {
        "lot_id": str(lot.id),
        "on": day.isoformat(),
        "accounts": [_account(session, context, each) for each in days_of(session, lot.id, day)],
        "differences": [difference_out(context, each) for each in differences_of(session, lot.id, day)],
        "open": open_differences(session, lot.id),
    }


def difference_out(context: Context, found: ParkingDifference) -> Json:
    """One difference."""
    return {
        "id": str(found.id),
        "provider": found.provider,
        "provider_name": provider_name(context, found.provider).to_dict(),
        "reference": found.reference,
        "kind": found.kind.value,
        "kind_name": DIFFERENCE_NAMES[found.kind].to_dict(),
        "ours_fen": found.ours_fen,
        "theirs_fen": found.theirs_fen,
        "found_at": found.found_at.isoformat(),
        "settled_at": found.settled_at.isoformat() if found.settled_at else None,
        "settled_by": found.settled_by,
        "note": found.note,
    }


def _account(session: Session, context: Context, kept: ParkingDay) -> Json:
    ours = kept.ours or sums(our_entries(session, kept.lot_id, kept.provider, kept.day))
    return {
        "provider": kept.provider,
        "provider_name": provider_name(context, kept.provider).to_dict(),
        "made_at": kept.made_at.isoformat() if kept.made_at else None,
        "ours": ours,
        "theirs": kept.theirs,
    }
