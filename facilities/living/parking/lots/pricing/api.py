"""`…/parking/lots/{id}/tariffs`: what parking costs from when, and trying a tariff out."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response

from facilities.living.parking.lots import queries
from facilities.living.parking.lots.policy import require_operator, require_reader, visible_lot
from facilities.living.parking.lots.pricing import commands, view
from facilities.living.parking.lots.pricing.answers import PublishedTariffs, TariffList, TariffOut, TriedFee
from facilities.living.parking.lots.pricing.schemas import NewTariff, TryLotTariff, TryTariff
from facilities.living.parking.lots.refusals import NO_TARIFF, TARIFF_STANDS
from shared.clock import local_date
from shared.errors import Conflict
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, public, refuses
from shared.http.description import ETAG, Blueprint
from shared.http.etag import expected_version
from shared.http.state import actor_or_anonymous, current_actor, current_runtime
from shared.refusals import FORBIDDEN
from shared.text import Text
from shared.transaction import Transaction

EXAMPLE_ID = "01939f6e-3a4b-7c21-9d5e-8f0a1b2c3d4e"
_NO_TARIFF = Text("该停车场当日没有收费标准", "No tariff of the car park is in force on that day")

blueprint = Blueprint(
    "parking-tariffs",
    __name__,
    description="What parking costs (停车收费)",
    path_parameters={"lot_id": ("The id of the car park", EXAMPLE_ID)},
)


@blueprint.get("/parking/published-tariffs")
@blueprint.response(200, PublishedTariffs)
def get_published_parking_tariffs() -> Response:
    """Tariffs that car parks have published, with where they stand.

    To begin with: each has the form in which a tariff is entered.
    """
    current_actor()
    return json_response(Reply(view.published_out()))


@blueprint.get("/parking/lots/<uuid:lot_id>/tariffs")
@blueprint.response(200, TariffList)
@public
def get_parking_tariffs(lot_id: UUID) -> Response:
    """Every version of what parking costs in a car park, the latest first, for everybody.

    A stay keeps the version of the day on which it began.
    """
    with current_runtime().read() as session:
        lot = queries.find_lot(session, lot_id, visible_lot(actor_or_anonymous()))
        found = queries.tariffs_of(session, lot)
        return json_response(Reply({"items": [view.tariff_out(each.version) for each in found]}))


@blueprint.post("/parking/lots/<uuid:lot_id>/tariffs")
@blueprint.arguments(NewTariff)
@blueprint.response(201, TariffOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, TARIFF_STANDS)
@command
def add_parking_tariff(tx: Transaction, data: dict[str, Any], lot_id: UUID) -> Reply:
    """Another tariff from a day on; stays that have begun keep theirs.

    For operators. `If-Match` names the version of the car park, and `ETag` its new one.
    """
    lot = queries.find_lot(tx.session, lot_id, visible_lot(tx.actor), expected_version=expected_version())
    require_operator(tx.actor)
    made = commands.add_tariff(tx, lot, **data)
    return Reply(view.tariff_out(made.version), status=201, version=lot.version)


@blueprint.post("/parking/tariffs/try")
@blueprint.arguments(TryTariff)
@blueprint.response(200, TriedFee)
@refuses(FORBIDDEN)
def try_parking_tariff(data: dict[str, Any]) -> Response:
    """What a stay would cost by a tariff that is no car park's yet, line by line.

    For those who run or watch car parks. Nothing is changed.
    """
    require_reader(current_actor())
    now = current_runtime().clock.now()
    commands.require_nothing_wrong(
        commands.wrong_draft(data["tariff"], "/tariff"), commands.wrong_stay(data, now)
    )
    tariff = commands.tariff_of(data["tariff"], 1, date.min)
    shown = view.fee_out(tariff, commands.tried(tariff, data), data, None)
    return json_response(Reply(shown))


@blueprint.post("/parking/lots/<uuid:lot_id>/tariffs/try")
@blueprint.arguments(TryLotTariff)
@blueprint.response(200, TriedFee)
@public
@refuses(NO_TARIFF)
def try_parking_lot_tariff(data: dict[str, Any], lot_id: UUID) -> Response:
    """What a stay in a car park would cost, line by line, for everybody.

    Nothing is changed.
    """
    runtime = current_runtime()
    with runtime.read() as session:
        lot = queries.find_lot(session, lot_id, visible_lot(actor_or_anonymous()))
        commands.require_nothing_wrong(commands.wrong_stay(data, runtime.clock.now()))
        day = data["day"] or local_date(data["entered_at"])
        found = queries.tariffs_on(session, [lot.id], day).get(lot.id)
        if found is None:
            raise Conflict(_NO_TARIFF, slug="no-tariff")
        tariff = found.version
    shown = view.fee_out(tariff, commands.tried(tariff, data), data, tariff.number)
    return json_response(Reply(shown))
