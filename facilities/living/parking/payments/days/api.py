"""`…/parking/lots/…/reconciliation`: the accounts of a day, and what is to be cleared up."""

from typing import Any
from uuid import UUID

from flask import Response

from facilities.living.parking.payments.days import commands
from facilities.living.parking.payments.days.queries import find_difference
from facilities.living.parking.payments.days.schemas import (
    ParkingDayArgs,
    ParkingDayBody,
    ParkingDifferenceOut,
    ParkingReconciliationOut,
    ParkingSettlement,
)
from facilities.living.parking.payments.days.view import difference_out, reconciliation_out
from facilities.living.parking.payments.policy import require_runs, require_watches
from facilities.living.parking.payments.queries import find_lot
from facilities.living.parking.payments.refusals import DIFFERENCE_SETTLED
from shared.http.command import Reply, command, json_response
from shared.http.contract import refuses
from shared.http.description import Blueprint
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

_EXAMPLE_ID = "01939f6e-3a4b-7c21-9d5e-8f0a1b2c6001"

blueprint = Blueprint(
    "parking_days",
    __name__,
    description="Reconciliation of money for parking (停车对账)",
    path_parameters={
        "lot_id": ("The id of the car park", _EXAMPLE_ID),
        "difference_id": ("The id of the difference", _EXAMPLE_ID),
    },
)


@blueprint.get("/parking/lots/<uuid:lot_id>/reconciliation")
@blueprint.arguments(ParkingDayArgs, location="query")
@blueprint.response(200, ParkingReconciliationOut)
@refuses(FORBIDDEN)
def get_parking_reconciliation(args: dict[str, Any], lot_id: UUID) -> Response:
    """The accounts of a day, by provider and of cash, beside the providers' own, and where they differ.

    For those who run or watch the park. They are made in the night after; before that ours stand alone.
    """
    reader, runtime = current_actor(), current_runtime()
    require_watches(reader)
    with runtime.read() as session:
        day = args["on"] or runtime.clock.today()
        found = reconciliation_out(session, runtime.context, find_lot(session, lot_id), day)
    return json_response(Reply(found))


@blueprint.post("/parking/lots/<uuid:lot_id>/reconciliation")
@blueprint.arguments(ParkingDayBody)
@blueprint.response(202, ParkingReconciliationOut)
@refuses(FORBIDDEN)
@command
def make_parking_reconciliation(tx: Transaction, data: dict[str, Any], lot_id: UUID) -> Reply:
    """Let the accounts of a day be made anew: the providers are asked soon after.

    For the park's operator. What has come to agree is settled by that.
    """
    require_runs(tx.actor)
    lot = find_lot(tx.session, lot_id)
    commands.make_again(tx, lot, data["on"])
    return Reply(reconciliation_out(tx.session, tx.context, lot, data["on"]), status=202)


@blueprint.post("/parking/differences/<uuid:difference_id>/settle")
@blueprint.arguments(ParkingSettlement)
@blueprint.response(200, ParkingDifferenceOut)
@refuses(FORBIDDEN, DIFFERENCE_SETTLED)
@command
def settle_parking_difference(tx: Transaction, data: dict[str, Any], difference_id: UUID) -> Reply:
    """Say how a difference with a provider was cleared up.

    For the park's operator.
    """
    require_runs(tx.actor)
    found = find_difference(tx.session, difference_id)
    commands.settle(tx, found, data["note"])
    return Reply(difference_out(tx.context, found))
