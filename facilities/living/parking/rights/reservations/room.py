"""What is free for a reservation at a time: zone by zone, with the rules that the wish breaks."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from facilities.capacity.availability.queries import alternatives_to, free_units
from facilities.capacity.grid import Span
from facilities.capacity.refusals import Alternative
from facilities.capacity.rules import Policy, Wish, completed, violations
from facilities.living.parking.lots.model import Zone
from facilities.living.parking.rights.places import open_lot, zones_to_try
from facilities.living.parking.rights.reservations.commands import rules_of

Json = dict[str, Any]

MOST_INSTEAD = 4


def room(
    session: Session,
    lot_id: UUID,
    zone_id: UUID | None,
    starts_at: datetime | None,
    ends_at: datetime | None,
    now: datetime,
) -> Mapping[str, Any]:
    """Free bays zone by zone, the nearest zone first; where none has room, other times at which one has.

    Raises NotFound, InvalidInput for a zone of others, Conflict where the car park is closed.
    """
    lot = open_lot(session, lot_id)
    zones, policy = zones_to_try(session, lot, zone_id), rules_of(lot)
    wish = Wish(*completed(policy, now, starts_at, ends_at))
    broken = violations(wish, policy, now)
    answer: Json = {
        "starts_at": wish.starts_at.isoformat(),
        "ends_at": wish.ends_at.isoformat(),
        "bookable": False,
        "broken": [
            {"pointer": each.pointer, "code": each.code, "message": each.message.to_dict()} for each in broken
        ],
        "zones": [],
        "alternatives": [],
    }
    if broken:
        return answer
    span = Span(wish.starts_at, wish.ends_at)
    free = free_units(session, {zone.id: policy.padding for zone in zones}, span)
    bookable = any(free.get(zone.id, 0) > 0 for zone in zones)
    instead = [] if bookable else list(_instead(session, zones, wish, policy, now))
    return {
        **answer,
        "bookable": bookable,
        "zones": [
            {"zone_id": str(zone.id), "zone_name": zone.name, "free": max(free.get(zone.id, 0), 0)}
            for zone in zones
        ],
        "alternatives": [
            {
                "kind": each.kind,
                "starts_at": each.span.start.isoformat(),
                "ends_at": each.span.end.isoformat(),
            }
            for each in instead[:MOST_INSTEAD]
        ],
    }


def _instead(
    session: Session, zones: Sequence[Zone], wish: Wish, policy: Policy, now: datetime
) -> Iterator[Alternative]:
    """Other times of any zone, each once, those of the nearest zone first."""
    known: set[Span] = set()
    for zone in zones:
        for each in alternatives_to(session, zone.id, wish, policy, now):
            if each.span not in known:
                known.add(each.span)
                yield each
