"""`…/parking/own-stays`: the stays that somebody may see as their own."""

from typing import Any
from uuid import UUID

from flask import Response

from facilities.living.parking.charging.view import charging_of
from facilities.living.parking.lots.model import Lot
from facilities.living.parking.rights.policy import account_of
from facilities.living.parking.rights.schemas import EXAMPLE_ID
from facilities.living.parking.rights.stays import queries
from facilities.living.parking.rights.stays.schemas import OwnStay
from facilities.living.parking.stays.costs import cost_of
from facilities.living.parking.stays.queries import stays_page
from facilities.living.parking.stays.schemas import StayPage
from facilities.living.parking.stays.view import cost_out, stay_out
from shared.http.command import Reply, json_response
from shared.http.description import ETAG, Blueprint
from shared.http.paging import PageArgs, link_next
from shared.http.state import current_actor, current_runtime

blueprint = Blueprint(
    "parking_own_stays",
    __name__,
    description="Own stays (我的停车记录)",
    path_parameters={"stay_id": ("The id of the stay", EXAMPLE_ID)},
)


@blueprint.get("/parking/own-stays")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, StayPage)
def list_own_stays(args: dict[str, Any]) -> Response:
    """Your stays, the one that was noted last first.

    Cars that you had registered before they came, while they are inside; for good those that you have paid
    for while you were signed in, and those that came in on your pass or reservation.
    """
    mine = queries.own_stays(account_of(current_actor()))
    with current_runtime().read() as session:
        page, following = stays_page(session, [mine], args["cursor"], args["limit"])
        shown = [stay_out(stay, lot_name) for stay, lot_name in page]
    response = json_response(Reply({"items": shown, "next": following}))
    link_next(response, following)
    return response


@blueprint.get("/parking/own-stays/<uuid:stay_id>")
@blueprint.response(200, OwnStay, headers=ETAG)
def get_own_stay(stay_id: UUID) -> Response:
    """One of your stays with what it costs, line by line.

    `payments` are those that you have made for it; each has its receipt.
    """
    account, runtime = account_of(current_actor()), current_runtime()
    with runtime.read() as session:
        stay, now = queries.find(session, stay_id, account), runtime.clock.now()
        lot = session.get_one(Lot, stay.lot_id)
        body = stay_out(stay, lot.name) | {
            "cost": cost_out(cost_of(session, stay, now), stay, now),
            "charging": charging_of(session, stay),
            "payments": [
                {"id": str(each.id), "fen": each.fen, "at": each.at.isoformat()}
                for each in queries.payments_by(session, stay.id, account)
            ],
        }
    return json_response(Reply(body, version=stay.version))
