"""Reservations as they are shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from facilities.capacity.bookings.keeping import no_show_at
from facilities.capacity.lifecycle import STATE_NAMES, allows
from facilities.living.parking.rights.places import names_of
from facilities.living.parking.rights.plates import display
from facilities.living.parking.rights.reservations.commands import Reserved
from shared.actor import Actor


def shown(session: Session, found: Sequence[Reserved], reader: Actor) -> list[dict[str, Any]]:
    """Reservations with what lots and zones are called, one query for all."""
    names = names_of(session, [each.kept.zone_id for each in found])
    return [
        {
            "id": str(booking.id),
            "lot_id": str(kept.lot_id),
            "lot_name": names.lots[kept.lot_id],
            "zone_id": str(kept.zone_id),
            "zone_name": names.zones[kept.zone_id],
            "plate": display(kept.plate),
            "starts_at": booking.starts_at.isoformat(),
            "ends_at": booking.ends_at.isoformat(),
            "may_come_at": booking.span.padded(booking.policy.padding).start.isoformat(),
            "no_show_at": _moment(no_show_at(booking, booking.starts_at)),
            "state": booking.state.value,
            "state_name": STATE_NAMES[booking.state].to_dict(),
            "reason": booking.reason,
            "started_at": _moment(booking.started_at),
            "ended_at": _moment(booking.ended_at),
            "actions": [
                verb
                for verb in ("move", "cancel")
                if kept.account_id == reader.id and allows(verb, booking.state)
            ],
        }
        for booking, kept in ((each.booking, each.kept) for each in found)
    ]


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
