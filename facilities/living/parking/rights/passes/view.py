"""Passes as they are shown."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from facilities.living.parking.rights.limits import DEFAULT_LIMITS
from facilities.living.parking.rights.passes.model import (
    PASS_STATE_NAMES,
    PERIOD_STATE_NAMES,
    ParkingPass,
    PassPeriod,
    PassState,
)
from facilities.living.parking.rights.passes.periods import renewable
from facilities.living.parking.rights.passes.queries import inside
from facilities.living.parking.rights.places import names_of
from facilities.living.parking.rights.plates import display
from facilities.living.parking.rights.policy import RUNS
from facilities.living.parking.vehicles import CLASS_NAMES
from shared.actor import Actor

Json = dict[str, Any]


def shown(session: Session, found: Sequence[ParkingPass], reader: Actor, today: date) -> list[Json]:
    """Passes with what lots and zones are called and how many cars are inside; two queries for all."""
    names = names_of(session, [each.zone_id for each in found])
    present = inside(session, [each.id for each in found])
    return [
        {
            "id": str(it.id),
            "lot_id": str(it.lot_id),
            "lot_name": names.lots[it.lot_id],
            "zone_id": str(it.zone_id),
            "zone_name": names.zones[it.zone_id],
            "plates": [display(car.plate) for car in it.cars],
            "vehicle": it.vehicle.value,
            "vehicle_name": CLASS_NAMES[it.vehicle].to_dict(),
            "bays": it.bays,
            "inside": present.get(it.id, 0),
            "state": it.state.value,
            "state_name": PASS_STATE_NAMES[it.state].to_dict(),
            "suspended_for": it.suspended_for,
            "since": it.since and it.since.isoformat(),
            "until": it.until and it.until.isoformat(),
            "good_until": it.until and (it.until + timedelta(days=it.grace_days)).isoformat(),
            "changes_left": _changes_left(it, today),
            "periods": [_period(each) for each in it.periods],
            "actions": [*_actions(it, reader, today)],
        }
        for it in found
    ]


def _period(it: PassPeriod) -> Json:
    return {
        "id": str(it.id),
        "since": it.since.isoformat(),
        "until": it.until.isoformat(),
        "months": it.months,
        "price_fen": it.price_fen,
        "state": it.state.value,
        "state_name": PERIOD_STATE_NAMES[it.state].to_dict(),
        "pay_by": it.pay_by.isoformat(),
        "paid_at": it.paid_at.isoformat() if it.paid_at else None,
    }


def _changes_left(it: ParkingPass, today: date) -> int:
    used = it.changes if it.changed_in == f"{today:%Y-%m}" else 0
    return max(DEFAULT_LIMITS.pass_changes - used, 0)


def _actions(it: ParkingPass, reader: Actor, today: date) -> Iterator[str]:
    going = it.state in {PassState.WAITING, PassState.ACTIVE}
    if it.holder_id == reader.id and going:
        if it.waiting is not None:
            yield "pay"
            yield "give-up"
        elif it.until and renewable(it.until, today, it.grace_days, DEFAULT_LIMITS.renew_before):
            yield "renew"
        if _changes_left(it, today):
            yield "cars"
    if reader.has_role(RUNS) and going:
        if it.waiting is not None:
            yield "paid-at-booth"
        yield "suspend" if it.suspended_for is None else "resume"
