"""`…/parking/charging-events`, `…/charging-points`, `…/charges`: what points tell, and what operators do."""

from typing import Any
from uuid import UUID

from flask import Response, request

from facilities.capacity.refusals import WRONG_STATE
from facilities.living.parking.charging import queries
from facilities.living.parking.charging.commands import Telling, name_car, opened, receive, see_free
from facilities.living.parking.charging.model import ParkingCharge
from facilities.living.parking.charging.points import Point, point_of_device
from facilities.living.parking.charging.schemas import (
    ChargeArgs,
    ChargingEventIn,
    ChargingEventOut,
    ChargingPointPage,
    NameCar,
    NewChargingPoint,
    ParkingChargeOut,
    ParkingChargePage,
)
from facilities.living.parking.charging.view import charges_out, points_out
from facilities.living.parking.gates.attempts import attempt
from facilities.living.parking.gates.devices import Request
from facilities.living.parking.gates.refusals import EVENT_ID_REUSED
from facilities.living.parking.lanes.commands import car_of
from facilities.living.parking.lots import devices
from facilities.living.parking.lots.answers import BayDetail, DeviceWithSecret
from facilities.living.parking.lots.policy import require_operator, require_reader, visible_lot
from facilities.living.parking.lots.queries import find_bay, find_lot, find_zone
from facilities.living.parking.lots.refusals import BAY_TAKEN, CODE_TAKEN
from facilities.living.parking.lots.schemas import Nothing
from facilities.living.parking.lots.view import bay_out, device_out
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, public, refuses
from shared.http.description import ETAG, LOCATION, Blueprint
from shared.http.etag import expected_version
from shared.http.paging import PageArgs, link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN, UNAUTHENTICATED, UNAVAILABLE
from shared.transaction import Transaction

EXAMPLE_ID = "0197a1c4-6b1e-7c3a-9a52-3f0a4f6c5101"

blueprint = Blueprint(
    "parking_charging",
    __name__,
    description="Charging points (充电桩) and what goes on there",
    path_parameters={
        "bay_id": ("The id of the bay", EXAMPLE_ID),
        "zone_id": ("The id of the zone", EXAMPLE_ID),
        "lot_id": ("The id of the car park", EXAMPLE_ID),
        "charge_id": ("The id of the charge", EXAMPLE_ID),
    },
)


@blueprint.get("/parking/bays/<uuid:bay_id>")
@blueprint.response(200, BayDetail, headers=ETAG)
def get_parking_bay(bay_id: UUID) -> Response:
    """One bay that has a number, and where it is.

    Its version is that of its car park.
    """
    with current_runtime().read() as session:
        lot, zone, bay = find_bay(session, bay_id, visible_lot(current_actor()))
        shown = {**bay_out(bay), "lot_id": str(lot.id), "zone_id": str(zone.id)}
        return json_response(Reply(shown, version=lot.version))


@blueprint.post("/parking/bays/<uuid:bay_id>/charging-points")
@blueprint.arguments(NewChargingPoint)
@blueprint.response(201, DeviceWithSecret, headers={**ETAG, **LOCATION})
@guarded
@refuses(FORBIDDEN, CODE_TAKEN, BAY_TAKEN)
@command
def add_charging_point(tx: Transaction, data: dict[str, Any], bay_id: UUID) -> Reply:
    """A charging point at a bay of a charging zone, and its secret, which is told this once.

    For operators. A bay has one at most. `If-Match` names the version of the car park, `ETag` that of the
    device.
    """
    visible = visible_lot(tx.actor)
    lot, zone, bay = find_bay(tx.session, bay_id, visible, expected_version=expected_version())
    require_operator(tx.actor)
    device, secret = devices.add_charging_point(tx, lot, zone, bay, **data)
    headers = {"Location": f"/api/v1/living/parking/devices/{device.id}"}
    shown = {**device_out(device), "secret": secret}
    return Reply(shown, status=201, version=device.version, headers=headers)


@blueprint.get("/parking/zones/<uuid:zone_id>/charging-points")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, ChargingPointPage)
@refuses(FORBIDDEN)
def list_charging_points(args: dict[str, Any], zone_id: UUID) -> Response:
    """The charging points of a zone, in the order in which they were entered, each with what goes on there.

    For operators.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        _, zone = find_zone(session, zone_id, visible_lot(reader))
        require_operator(reader)
        page, following = queries.points_page(session, zone.id, args["cursor"], args["limit"])
        open_now = queries.open_at(session, [bay.id for _device, bay in page])
        charges = list(open_now.values())
        shown = charges_out(session, charges, runtime.clock.now())
        items = points_out(page, dict(zip(open_now, shown, strict=True)))
    response = json_response(Reply({"items": items, "next": following}))
    link_next(response, following)
    return response


@blueprint.post("/parking/charging-events")
@blueprint.arguments(ChargingEventIn)
@blueprint.response(200, ChargingEventOut)
@public
@refuses(UNAUTHENTICATED, EVENT_ID_REUSED, UNAVAILABLE)
def tell_charging_event(data: dict[str, Any]) -> Response:
    """For charging points: tell that charging has begun or ended, or that the bay is free.

    Signed like the events of cameras. It may be repeated, told late and in any order: a phase that was told
    with the same time gets the same answer, with another time it is refused. A plate that cannot exist counts
    as not known; a clock that is wrong is noted, and the receipt counts instead. Where charging began at the
    bay again, the car before has left it.
    """
    point, telling = _point(), Telling(**data)
    return json_response(Reply(attempt(current_runtime(), lambda tx: receive(tx, point, telling))))


@blueprint.get("/parking/lots/<uuid:lot_id>/charges")
@blueprint.arguments(ChargeArgs, location="query")
@blueprint.response(200, ParkingChargePage)
@refuses(FORBIDDEN)
def list_parking_charges(args: dict[str, Any], lot_id: UUID) -> Response:
    """What has gone on at the charging points of a car park, the charge that was heard of last first.

    For those who run or watch it.
    """
    reader, runtime = current_actor(), current_runtime()
    require_reader(reader)
    with runtime.read() as session:
        lot = find_lot(session, lot_id, visible_lot(reader))
        page, following = queries.charges_page(
            session, lot.id, args["cursor"], args["limit"], open_only=args["state"] == "open"
        )
        items = charges_out(session, page, runtime.clock.now())
    response = json_response(Reply({"items": items, "next": following}))
    link_next(response, following)
    return response


@blueprint.get("/parking/charges/<uuid:charge_id>")
@blueprint.response(200, ParkingChargeOut, headers=ETAG)
@refuses(FORBIDDEN)
def get_parking_charge(charge_id: UUID) -> Response:
    """One time of a car at a charging point.

    For those who run or watch the car parks.
    """
    require_reader(current_actor())
    runtime = current_runtime()
    with runtime.read() as session:
        charge = queries.find_charge(session, charge_id)
        (shown,) = charges_out(session, [charge], runtime.clock.now())
        return json_response(Reply(shown, version=charge.version))


@blueprint.post("/parking/charges/<uuid:charge_id>/plate")
@blueprint.arguments(NameCar)
@blueprint.response(200, ParkingChargeOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN)
@command
def name_charged_car(tx: Transaction, data: dict[str, Any], charge_id: UUID) -> Reply:
    """Say whose car it is that stands, or stood, at a charging point: a plate or a ticket.

    For operators. What its open stay costs follows at once; what a car has paid that has left stays as it is.
    """
    require_operator(tx.actor)
    mark = car_of(data["plate"]).mark
    return _charge_reply(tx, name_car(tx, opened(tx, charge_id, expected_version()), mark))


@blueprint.post("/parking/charges/<uuid:charge_id>/freed")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, ParkingChargeOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def see_charging_bay_free(tx: Transaction, _data: dict[str, Any], charge_id: UUID) -> Reply:
    """Say that the bay is free now, as somebody has seen it; where the point does not tell.

    For operators.
    """
    require_operator(tx.actor)
    return _charge_reply(tx, see_free(tx, opened(tx, charge_id, expected_version())))


def _charge_reply(tx: Transaction, charge: ParkingCharge) -> Reply:
    tx.session.flush()
    (shown,) = charges_out(tx.session, [charge], tx.now)
    return Reply(shown, version=charge.version)


def _point() -> Point:
    """The charging point that has signed this request."""
    runtime = current_runtime()
    signed = Request(
        request.method, request.path, request.get_data(), request.headers.get("Authorization", "")
    )
    with runtime.read() as session:
        return point_of_device(session, runtime.context.cipher, signed, runtime.clock.now())
