"""`…/parking/passes`: passes for a month and more."""

from typing import Any
from uuid import UUID

from flask import Response

from facilities.capacity.refusals import CAPACITY_FULL
from facilities.living.parking.lots.schemas import Nothing
from facilities.living.parking.rights.passes import commands, queries
from facilities.living.parking.rights.passes.model import ParkingPass
from facilities.living.parking.rights.passes.schemas import (
    NewPass,
    PassArgs,
    PassCars,
    PassOut,
    PassPage,
    Renewal,
)
from facilities.living.parking.rights.passes.view import shown
from facilities.living.parking.rights.policy import require_operator, require_own
from facilities.living.parking.rights.refusals import (
    LOT_CLOSED,
    NO_PASSES,
    NOT_RENEWABLE,
    NOTHING_TO_PAY,
    PASS_OVER,
    TOO_MANY,
)
from facilities.living.parking.rights.schemas import EXAMPLE_ID, Reason
from shared.clock import local_date
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, LOCATION, Blueprint
from shared.http.etag import expected_version
from shared.http.paging import link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN, NOT_FOUND
from shared.transaction import Transaction

blueprint = Blueprint(
    "parking_passes",
    __name__,
    description="Passes for a month and more (月卡)",
    path_parameters={"pass_id": ("The id of the pass", EXAMPLE_ID)},
)


@blueprint.post("/parking/passes")
@blueprint.arguments(NewPass)
@blueprint.response(201, PassOut, headers={**ETAG, **LOCATION})
@refuses(NOT_FOUND, LOT_CLOSED, NO_PASSES, TOO_MANY, CAPACITY_FULL)
@command
def buy_pass(tx: Transaction, data: dict[str, Any]) -> Reply:
    """Order a pass at the price of today: several cars may share its bays, and the later one pays.

    Its bays are kept until `pay_by`; it lets its cars in once it is paid.
    """
    it = commands.buy(tx, **data)
    return _reply(tx, it, 201, {"Location": f"/api/v1/living/parking/passes/{it.id}"})


@blueprint.get("/parking/passes")
@blueprint.arguments(PassArgs, location="query")
@blueprint.response(200, PassPage)
def list_passes(args: dict[str, Any]) -> Response:
    """Your passes, the one ordered last first.

    Those who run or watch the park see all.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        found, following = queries.page(session, reader, **args)
        items = shown(session, found, reader, local_date(runtime.clock.now()))
    response = json_response(Reply({"items": items, "next": following}))
    link_next(response, following)
    return response


@blueprint.get("/parking/passes/<uuid:pass_id>")
@blueprint.response(200, PassOut, headers=ETAG)
def get_pass(pass_id: UUID) -> Response:
    """One pass with the periods that were bought.

    For its holder, and for those who run or watch the park.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        it = queries.find(session, pass_id, queries.visible(reader))
        (out,) = shown(session, [it], reader, local_date(runtime.clock.now()))
        return json_response(Reply(out, version=it.version))


@blueprint.post("/parking/passes/<uuid:pass_id>/renew")
@blueprint.arguments(Renewal, required=False)
@blueprint.response(200, PassOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, NOT_RENEWABLE, NO_PASSES, CAPACITY_FULL)
@command
def renew_pass(tx: Transaction, data: dict[str, Any], pass_id: UUID) -> Reply:
    """Order the months right after those that are paid, in the last days of the pass or in its grace.

    For its holder.
    """
    return _reply(tx, commands.renew(tx, _own(tx, pass_id), data.get("months", 1)))


@blueprint.post("/parking/passes/<uuid:pass_id>/give-up")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, PassOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, NOTHING_TO_PAY)
@command
def give_up_pass(tx: Transaction, _data: dict[str, Any], pass_id: UUID) -> Reply:
    """Give up what waits for payment; its bays are free for others.

    For its holder.
    """
    return _reply(tx, commands.give_up(tx, _own(tx, pass_id)))


@blueprint.put("/parking/passes/<uuid:pass_id>/cars")
@blueprint.arguments(PassCars)
@blueprint.response(200, PassOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, TOO_MANY, PASS_OVER, NO_PASSES)
@command
def change_pass_cars(tx: Transaction, data: dict[str, Any], pass_id: UUID) -> Reply:
    """Put other cars on a pass, a few times a month.

    For its holder.
    """
    return _reply(tx, commands.change_cars(tx, _own(tx, pass_id), **data))


@blueprint.post("/parking/passes/<uuid:pass_id>/paid-at-booth")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, PassOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, NOTHING_TO_PAY)
@command
def pay_pass_at_booth(tx: Transaction, _data: dict[str, Any], pass_id: UUID) -> Reply:
    """Note that what waits was paid at the booth.

    For the operator.
    """
    return _reply(tx, commands.paid_at_booth(tx, _run(tx, pass_id)))


@blueprint.post("/parking/passes/<uuid:pass_id>/suspend")
@blueprint.arguments(Reason)
@blueprint.response(200, PassOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, PASS_OVER)
@command
def suspend_pass(tx: Transaction, data: dict[str, Any], pass_id: UUID) -> Reply:
    """Let the cars of a pass in no more, and say why. Its holder is told.

    For the operator.
    """
    return _reply(tx, commands.suspend(tx, _run(tx, pass_id), **data))


@blueprint.post("/parking/passes/<uuid:pass_id>/resume")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, PassOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, PASS_OVER)
@command
def resume_pass(tx: Transaction, _data: dict[str, Any], pass_id: UUID) -> Reply:
    """Let the cars of a pass in again.

    For the operator.
    """
    return _reply(tx, commands.resume(tx, _run(tx, pass_id)))


def _own(tx: Transaction, pass_id: UUID) -> ParkingPass:
    it = queries.find(tx.session, pass_id, queries.visible(tx.actor), expected_version())
    require_own(tx.actor, it.holder_id)
    return it


def _run(tx: Transaction, pass_id: UUID) -> ParkingPass:
    it = queries.find(tx.session, pass_id, queries.visible(tx.actor), expected_version())
    require_operator(tx.actor)
    return it


def _reply(
    tx: Transaction, it: ParkingPass, status: int = 200, headers: dict[str, str] | None = None
) -> Reply:
    tx.session.flush()
    (out,) = shown(tx.session, [it], tx.actor, tx.today)
    return Reply(out, status=status, version=it.version, headers=headers or {})
