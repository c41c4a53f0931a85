"""`…/parking/lots/{id}/listings`: the vehicles that may not come in, and those that park free."""

from typing import Any
from uuid import UUID

from flask import Response

from facilities.living.parking.lots import queries, view
from facilities.living.parking.lots.answers import ListingOut, ListingPage
from facilities.living.parking.lots.listings import commands
from facilities.living.parking.lots.model import Lot
from facilities.living.parking.lots.policy import require_operator, require_reader, runs_lots, visible_lot
from facilities.living.parking.lots.refusals import LISTED_ALREADY
from facilities.living.parking.lots.schemas import ListingArgs, NewListing, Nothing
from shared.http.command import Reply, command, json_response
from shared.http.contract import refuses
from shared.http.description import Blueprint
from shared.http.paging import link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

EXAMPLE_ID = "01939f6e-3a4b-7c21-9d5e-8f0a1b2c3d4e"

blueprint = Blueprint(
    "parking-listings",
    __name__,
    description="Vehicles that may not come in, or park free (车辆名单)",
    path_parameters={
        "lot_id": ("The id of the car park", EXAMPLE_ID),
        "listing_id": ("The id of the entry", EXAMPLE_ID),
    },
)


@blueprint.get("/parking/lots/<uuid:lot_id>/listings")
@blueprint.arguments(ListingArgs, location="query")
@blueprint.response(200, ListingPage)
@refuses(FORBIDDEN)
def list_parking_listings(args: dict[str, Any], lot_id: UUID) -> Response:
    """The vehicles on the lists of a car park, in the order in which they were entered.

    For those who run or watch car parks; plates are starred for those who do not run them.
    """
    reader = current_actor()
    with current_runtime().read() as session:
        lot = queries.find_lot(session, lot_id, visible_lot(reader))
        require_reader(reader)
        found, following = queries.listings_of(session, lot, **args, parts=runs_lots(reader))
        shown = [view.listing_out(each, reader) for each in found]
    response = json_response(Reply({"items": shown, "next": following}))
    link_next(response, following)
    return response


@blueprint.post("/parking/lots/<uuid:lot_id>/listings")
@blueprint.arguments(NewListing)
@blueprint.response(201, ListingOut)
@refuses(FORBIDDEN, LISTED_ALREADY)
@command
def add_parking_listing(tx: Transaction, data: dict[str, Any], lot_id: UUID) -> Reply:
    """Let a vehicle come in no more, or park free.

    For operators. A vehicle is on each list of a car park once.
    """
    made = commands.put_on_list(tx, _run(tx, lot_id), **data)
    return Reply(view.listing_out(made, tx.actor), status=201)


@blueprint.post("/parking/lots/<uuid:lot_id>/listings/<uuid:listing_id>/remove")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, ListingOut)
@refuses(FORBIDDEN)
@command
def remove_parking_listing(tx: Transaction, _data: dict[str, Any], lot_id: UUID, listing_id: UUID) -> Reply:
    """Take a vehicle off its list; the answer is what it was.

    For operators.
    """
    gone = commands.take_off_list(tx, _run(tx, lot_id), listing_id)
    return Reply(view.listing_out(gone, tx.actor))


def _run(tx: Transaction, lot_id: UUID) -> Lot:
    found = queries.find_lot(tx.session, lot_id, visible_lot(tx.actor))
    require_operator(tx.actor)
    return found
