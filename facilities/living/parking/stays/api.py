"""`…/parking/stays`: the stays of cars, and what they cost."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response

from facilities.living.parking.charging.view import charging_of
from facilities.living.parking.lots.model import Lot
from facilities.living.parking.lots.policy import require_reader
from facilities.living.parking.stays.costs import cost_of
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.stays.queries import stays_page
from facilities.living.parking.stays.schemas import StayArgs, StayPage, StayWithCost
from facilities.living.parking.stays.view import cost_out, stay_out
from shared.errors import NotFound
from shared.http.command import Reply, json_response
from shared.http.contract import refuses
from shared.http.description import ETAG, Blueprint
from shared.http.paging import link_next
from shared.http.state import current_actor, current_runtime
from shared.identifiers.plates import normalize_plate
from shared.refusals import FORBIDDEN
from shared.text import Text

EXAMPLE_ID = "0197a1c4-6b1e-7c3a-9a52-3f0a4f6c5101"
_NO_STAY = Text("没有这次停车记录", "There is no such stay")

blueprint = Blueprint(
    "parking_stays",
    __name__,
    description="Stays in car parks (停车记录)",
    path_parameters={"stay_id": ("The id of the stay", EXAMPLE_ID)},
)


@blueprint.get("/parking/stays")
@blueprint.arguments(StayArgs, location="query")
@blueprint.response(200, StayPage)
@refuses(FORBIDDEN)
def list_stays(args: dict[str, Any]) -> Response:
    """The stays of all cars, the one that was noted last first.

    For those who run or watch the car parks.
    """
    require_reader(current_actor())
    where: list[sa.ColumnElement[bool]] = []
    if args["lot"] is not None:
        where.append(Lot.code == args["lot"])
    if args["state"] is not None:
        where.append(ParkingStay.state == args["state"])
    if args["plate"] is not None:
        where.append(ParkingStay.mark == normalize_plate(args["plate"]))
    with current_runtime().read() as session:
        page, following = stays_page(session, where, args["cursor"], args["limit"])
        shown = [stay_out(stay, lot_name) for stay, lot_name in page]
    response = json_response(Reply({"items": shown, "next": following}))
    link_next(response, following)
    return response


@blueprint.get("/parking/stays/<uuid:stay_id>")
@blueprint.response(200, StayWithCost, headers=ETAG)
@refuses(FORBIDDEN)
def get_stay(stay_id: UUID) -> Response:
    """One stay with what it costs, line by line: until now, or in the end.

    For those who run or watch the car parks.
    """
    require_reader(current_actor())
    runtime = current_runtime()
    with runtime.read() as session:
        stay = session.get(ParkingStay, stay_id)
        if stay is None:
            raise NotFound(_NO_STAY)
        now = runtime.clock.now()
        lot = session.get_one(Lot, stay.lot_id)
        body = stay_out(stay, lot.name) | {
            "cost": cost_out(cost_of(session, stay, now), stay, now),
            "charging": charging_of(session, stay),
        }
    return json_response(Reply(body, version=stay.version))
