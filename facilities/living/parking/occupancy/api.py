"""`…/parking/lots/{id}/occupancy`: how full a car park is and was, counting and taking stock of it."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from facilities.living.parking.gates.view import shown_mark
from facilities.living.parking.lots.model import Lot, LotState
from facilities.living.parking.lots.policy import require_operator, runs_lots, visible_lot
from facilities.living.parking.lots.queries import find_zone
from facilities.living.parking.occupancy.counting import count
from facilities.living.parking.occupancy.queries import Taken, hours_of, taken_now
from facilities.living.parking.occupancy.schemas import (
    CarsCounted,
    CountCars,
    HistoryArgs,
    HistoryOut,
    OccupancyOut,
    StockTake,
    StockTaken,
)
from facilities.living.parking.occupancy.stock import take_stock
from shared.errors import NotFound
from shared.http.command import Reply, command, json_response
from shared.http.contract import public, refuses
from shared.http.description import Blueprint
from shared.http.state import actor_or_anonymous, current_runtime
from shared.refusals import CONFLICT, FORBIDDEN
from shared.text import Text
from shared.transaction import Transaction

EXAMPLE_ID = "0197a1c4-6b1e-7c3a-9a52-3f0a4f6c5101"
_NO_LOT = Text("没有这个停车场", "There is no such car park")

blueprint = Blueprint(
    "parking_occupancy",
    __name__,
    description="How full car parks are (停车场占用)",
    path_parameters={
        "lot_id": ("The id of the car park", EXAMPLE_ID),
        "zone_id": ("The id of the zone", EXAMPLE_ID),
    },
)


@blueprint.get("/parking/lots/<uuid:lot_id>/occupancy")
@public
@blueprint.response(200, OccupancyOut)
def get_occupancy(lot_id: UUID) -> Response:
    """How full a car park and its zones are now.

    For everybody. What is taken may be more than there is: a car that stands there stands there. Operators
    see as well what the last count of each zone has come to.
    """
    runtime = current_runtime()
    with runtime.read() as session:
        _require_lot(session, lot_id)
        now = runtime.clock.now()
        zones = taken_now(session, lot_id, now)
    runs = runs_lots(actor_or_anonymous())
    shown = [_zone_out(each) | (_count_out(each) if runs else {}) for each in zones]
    sums = {
        name: sum(getattr(each, name) for each in zones) for name in ("capacity", "taken", "inside", "free")
    }
    return json_response(Reply({"lot_id": str(lot_id), "at": now.isoformat(), **sums, "zones": shown}))


@blueprint.get("/parking/lots/<uuid:lot_id>/occupancy/history")
@public
@blueprint.arguments(HistoryArgs, location="query")
@blueprint.response(200, HistoryOut)
def get_occupancy_history(args: dict[str, Any], lot_id: UUID) -> Response:
    """How full the zones of a car park were on a day: the most of each hour.

    For everybody.
    """
    runtime = current_runtime()
    on = args["on"] or runtime.clock.today()
    with runtime.read() as session:
        _require_lot(session, lot_id)
        found = hours_of(session, lot_id, on, runtime.clock.now())
    zones = [
        {
            "id": str(zone.id),
            "name": zone.name,
            "hours": [
                {"starts_at": each.starts_at.isoformat(), "taken": each.taken, "capacity": each.capacity}
                for each in hours
            ],
        }
        for zone, hours in found
    ]
    return json_response(Reply({"lot_id": str(lot_id), "on": on.isoformat(), "zones": zones}))


@blueprint.post("/parking/zones/<uuid:zone_id>/count")
@blueprint.arguments(CountCars)
@blueprint.response(200, CarsCounted)
@refuses(FORBIDDEN)
@command
def count_cars(tx: Transaction, data: dict[str, Any], zone_id: UUID) -> Reply:
    """Say how many cars stand in a zone: those beyond the known ones take room, those that lack take none.

    For operators. Each count replaces the one before.
    """
    require_operator(tx.actor)
    _lot, zone = find_zone(tx.session, zone_id, visible_lot(tx.actor))
    counted = count(tx, zone, data["cars"])
    return Reply(
        {
            "zone_id": str(zone_id),
            "counted": counted.counted,
            "known": counted.known,
            "unknown": counted.unknown,
            "doubted": [shown_mark(mark) for mark in counted.doubted],
        }
    )


@blueprint.post("/parking/lots/<uuid:lot_id>/stock-take")
@blueprint.arguments(StockTake)
@blueprint.response(200, StockTaken)
@refuses(FORBIDDEN, CONFLICT)
@command
def take_stock_of_lot(tx: Transaction, data: dict[str, Any], lot_id: UUID) -> Reply:
    """Say which cars are really there: those that are not must have left, others are entered from now on.

    For operators.
    """
    require_operator(tx.actor)
    taken = take_stock(tx, lot_id, data["plates"])
    return Reply(
        {
            "gone": [shown_mark(mark) for mark in taken.gone],
            "found": [shown_mark(mark) for mark in taken.found],
            "right": taken.right,
        }
    )


def _zone_out(taken: Taken) -> dict[str, Any]:
    """A zone for everybody."""
    return {
        "id": str(taken.zone.id),
        "name": taken.zone.name,
        "kind": taken.zone.kind.value,
        "capacity": taken.capacity,
        "taken": taken.taken,
        "inside": taken.inside,
        "free": taken.free,
    }


def _count_out(taken: Taken) -> dict[str, Any]:
    """What its last count has come to."""
    counted_at = taken.zone.counted_at
    return {
        "unknown": taken.zone.unknown,
        "doubted": taken.cars.doubted,
        "counted_at": counted_at and counted_at.isoformat(),
    }


def _require_lot(session: Session, lot_id: UUID) -> None:
    """There is such a lot, and it is in use or was; NotFound otherwise."""
    lot = session.get(Lot, lot_id)
    if lot is None or lot.state is LotState.DRAFT:
        raise NotFound(_NO_LOT)
