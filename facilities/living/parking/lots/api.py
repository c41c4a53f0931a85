"""`…/parking/lots` and what belongs to them: for everybody to read, and for operators to set up."""

from typing import Any
from uuid import UUID

from flask import Response

from facilities.capacity.refusals import BOOKINGS_IN_THE_WAY, WRONG_STATE
from facilities.living.parking.lots import commands, devices, queries, view
from facilities.living.parking.lots.answers import (
    BayList,
    BayPage,
    DeviceOut,
    DeviceWithSecret,
    LaneOut,
    LotDetail,
    LotPage,
    ParkingCodes,
    ZoneOut,
)
from facilities.living.parking.lots.model import Device, Lane, Lot, Zone
from facilities.living.parking.lots.policy import require_operator, visible_device, visible_lot
from facilities.living.parking.lots.refusals import BAY_STANDS, CODE_TAKEN, LOT_INCOMPLETE
from facilities.living.parking.lots.schemas import (
    LaneBody,
    LotBody,
    NewBays,
    NewDevice,
    NewLane,
    NewLot,
    NewZone,
    Nothing,
    ZoneBody,
)
from shared.clock import local_date
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, public, refuses
from shared.http.description import ETAG, LOCATION, Blueprint
from shared.http.etag import expected_version
from shared.http.paging import PageArgs, link_next
from shared.http.state import actor_or_anonymous, current_actor, current_runtime
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

EXAMPLE_ID = "01939f6e-3a4b-7c21-9d5e-8f0a1b2c3d4e"

blueprint = Blueprint(
    "parking-lots",
    __name__,
    description="Car parks (停车场)",
    path_parameters={
        "lot_id": ("The id of the car park", EXAMPLE_ID),
        "zone_id": ("The id of the zone", EXAMPLE_ID),
        "lane_id": ("The id of the lane", EXAMPLE_ID),
        "device_id": ("The id of the device", EXAMPLE_ID),
    },
)


@blueprint.get("/parking/codes")
@blueprint.response(200, ParkingCodes)
@public
def get_parking_codes() -> Response:
    """The codes by which car parks, vehicles and tariffs are described.

    Each with its name.
    """
    return json_response(Reply(view.codes_out()))


@blueprint.get("/parking/lots")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, LotPage)
@public
def list_parking_lots(args: dict[str, Any]) -> Response:
    """The car parks of the park, the oldest first.

    Those that are or were in use are for everybody; drafts for those who run or watch them.
    """
    reader, runtime = actor_or_anonymous(), current_runtime()
    with runtime.read() as session:
        found, following = queries.list_lots(session, visible_lot(reader), args["cursor"], args["limit"])
        shown = view.lots_out(session, found, reader, local_date(runtime.clock.now()))
    response = json_response(Reply({"items": shown, "next": following}))
    link_next(response, following)
    return response


@blueprint.post("/parking/lots")
@blueprint.arguments(NewLot)
@blueprint.response(201, LotDetail, headers={**ETAG, **LOCATION})
@refuses(FORBIDDEN, CODE_TAKEN)
@command
def create_parking_lot(tx: Transaction, data: dict[str, Any]) -> Reply:
    """A car park, as a draft.

    For operators. Zones, lanes, devices and a tariff come next; then it can be opened.
    """
    return _lot_reply(tx, commands.enter_lot(tx, **data), status=201)


@blueprint.get("/parking/lots/<uuid:lot_id>")
@blueprint.response(200, LotDetail, headers=ETAG)
@public
def get_parking_lot(lot_id: UUID) -> Response:
    """One car park with its zones and lanes, for everybody.

    Operators see the devices at its lanes, too.
    """
    reader, runtime = actor_or_anonymous(), current_runtime()
    with runtime.read() as session:
        found = queries.find_lot(session, lot_id, visible_lot(reader))
        shown = view.lot_out(session, found, reader, local_date(runtime.clock.now()))
        return json_response(Reply(shown, version=found.version))


@blueprint.put("/parking/lots/<uuid:lot_id>")
@blueprint.arguments(LotBody)
@blueprint.response(200, LotDetail, headers=ETAG)
@guarded
@refuses(FORBIDDEN, BOOKINGS_IN_THE_WAY)
@command
def change_parking_lot(tx: Transaction, data: dict[str, Any], lot_id: UUID) -> Reply:
    """Describe a car park anew.

    For operators. What is reserved keeps its rules; other hours are refused where bookings stand in the way,
    and `errors` lists them.
    """
    return _lot_reply(tx, commands.change_lot(tx, _opened(tx, lot_id), **data))


@blueprint.post("/parking/lots/<uuid:lot_id>/open")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, LotDetail, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, LOT_INCOMPLETE)
@command
def open_parking_lot(tx: Transaction, _data: dict[str, Any], lot_id: UUID) -> Reply:
    """Let cars come.

    For operators. It needs a zone, a way in that leads to it, a way out and a tariff that is in force.
    """
    return _lot_reply(tx, commands.open_lot(tx, _opened(tx, lot_id)))


@blueprint.post("/parking/lots/<uuid:lot_id>/close")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, LotDetail, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def close_parking_lot(tx: Transaction, _data: dict[str, Any], lot_id: UUID) -> Reply:
    """Let no car come any more; those that are there leave as usual.

    For operators.
    """
    return _lot_reply(tx, commands.close_lot(tx, _opened(tx, lot_id)))


@blueprint.post("/parking/lots/<uuid:lot_id>/zones")
@blueprint.arguments(NewZone)
@blueprint.response(201, ZoneOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CODE_TAKEN)
@command
def add_parking_zone(tx: Transaction, data: dict[str, Any], lot_id: UUID) -> Reply:
    """A zone of a car park: bays that can stand for one another.

    For operators. `If-Match` names the version of the car park, and `ETag` its new one.
    """
    lot = _opened(tx, lot_id)
    return _zone_reply(tx, lot, commands.add_zone(tx, lot, **data), status=201)


@blueprint.get("/parking/zones/<uuid:zone_id>")
@blueprint.response(200, ZoneOut, headers=ETAG)
def get_parking_zone(zone_id: UUID) -> Response:
    """One zone.

    Its version is that of its car park.
    """
    with current_runtime().read() as session:
        lot, zone = queries.find_zone(session, zone_id, visible_lot(current_actor()))
        (shown,) = view.zones_out(session, [zone])
        return json_response(Reply(shown, version=lot.version))


@blueprint.put("/parking/zones/<uuid:zone_id>")
@blueprint.arguments(ZoneBody)
@blueprint.response(200, ZoneOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, BOOKINGS_IN_THE_WAY)
@command
def change_parking_zone(tx: Transaction, data: dict[str, Any], zone_id: UUID) -> Reply:
    """Another name for a zone, or room for more or fewer cars from now on.

    For operators. Fewer are refused where bookings stand in the way, and `errors` lists them.
    """
    lot, zone = _opened_zone(tx, zone_id)
    return _zone_reply(tx, lot, commands.change_zone(tx, lot, zone, **data))


@blueprint.get("/parking/zones/<uuid:zone_id>/bays")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, BayPage)
def list_parking_bays(args: dict[str, Any], zone_id: UUID) -> Response:
    """The bays of a zone that have numbers, in the order in which they were entered."""
    with current_runtime().read() as session:
        _, zone = queries.find_zone(session, zone_id, visible_lot(current_actor()))
        found, following = queries.bays_of(session, zone, args["cursor"], args["limit"])
        shown = [view.bay_out(each) for each in found]
    response = json_response(Reply({"items": shown, "next": following}))
    link_next(response, following)
    return response


@blueprint.post("/parking/zones/<uuid:zone_id>/bays")
@blueprint.arguments(NewBays)
@blueprint.response(201, BayList, headers=ETAG)
@guarded
@refuses(FORBIDDEN, BAY_STANDS)
@command
def add_parking_bays(tx: Transaction, data: dict[str, Any], zone_id: UUID) -> Reply:
    """Bays with numbers in a row, at most 1000 at a time and never more than the zone holds.

    For operators.
    """
    lot, zone = _opened_zone(tx, zone_id)
    made = commands.add_bays(tx, lot, zone, **data)
    return Reply({"items": [view.bay_out(each) for each in made]}, status=201, version=lot.version)


@blueprint.post("/parking/lots/<uuid:lot_id>/lanes")
@blueprint.arguments(NewLane)
@blueprint.response(201, LaneOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CODE_TAKEN)
@command
def add_parking_lane(tx: Transaction, data: dict[str, Any], lot_id: UUID) -> Reply:
    """A way in or out.

    For operators.
    """
    lot = _opened(tx, lot_id)
    data["metres"] = commands.metres_by_zone(data["metres"])
    return _lane_reply(tx, lot, commands.add_lane(tx, lot, **data), status=201)


@blueprint.get("/parking/lanes/<uuid:lane_id>")
@blueprint.response(200, LaneOut, headers=ETAG)
def get_parking_lane(lane_id: UUID) -> Response:
    """One lane.

    Its version is that of its car park. Operators see the devices at it, too.
    """
    reader = current_actor()
    with current_runtime().read() as session:
        lot, lane = queries.find_lane(session, lane_id, visible_lot(reader))
        (shown,) = view.lanes_out(session, [lane], reader)
        return json_response(Reply(shown, version=lot.version))


@blueprint.put("/parking/lanes/<uuid:lane_id>")
@blueprint.arguments(LaneBody)
@blueprint.response(200, LaneOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN)
@command
def change_parking_lane(tx: Transaction, data: dict[str, Any], lane_id: UUID) -> Reply:
    """Another name for a lane, or how far the zones are from it.

    For operators.
    """
    lot, lane = _opened_lane(tx, lane_id)
    data["metres"] = commands.metres_by_zone(data["metres"])
    return _lane_reply(tx, lot, commands.change_lane(tx, lot, lane, **data))


@blueprint.post("/parking/lanes/<uuid:lane_id>/devices")
@blueprint.arguments(NewDevice)
@blueprint.response(201, DeviceWithSecret, headers={**ETAG, **LOCATION})
@guarded
@refuses(FORBIDDEN, CODE_TAKEN)
@command
def add_parking_device(tx: Transaction, data: dict[str, Any], lane_id: UUID) -> Reply:
    """A camera or a barrier at a lane, and its secret, which is told this once.

    For operators. `If-Match` names the version of the car park, `ETag` that of the device.
    """
    lot, lane = _opened_lane(tx, lane_id)
    device, secret = commands.add_device(tx, lot, lane, **data)
    headers = {"Location": f"/api/v1/living/parking/devices/{device.id}"}
    shown = {**view.device_out(device), "secret": secret}
    return Reply(shown, status=201, version=device.version, headers=headers)


@blueprint.get("/parking/devices/<uuid:device_id>")
@blueprint.response(200, DeviceOut, headers=ETAG)
def get_parking_device(device_id: UUID) -> Response:
    """One device, without its secret.

    For operators.
    """
    with current_runtime().read() as session:
        device = queries.find_device(session, device_id, visible_device(current_actor()))
        return json_response(Reply(view.device_out(device), version=device.version))


@blueprint.post("/parking/devices/<uuid:device_id>/disable")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, DeviceOut, headers=ETAG)
@guarded
@refuses(WRONG_STATE)
@command
def disable_parking_device(tx: Transaction, _data: dict[str, Any], device_id: UUID) -> Reply:
    """Believe a device no more, until it is enabled again.

    For operators.
    """
    device = devices.disable(tx, _opened_device(tx, device_id))
    return Reply(view.device_out(device), version=device.version)


@blueprint.post("/parking/devices/<uuid:device_id>/enable")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, DeviceOut, headers=ETAG)
@guarded
@refuses(WRONG_STATE)
@command
def enable_parking_device(tx: Transaction, _data: dict[str, Any], device_id: UUID) -> Reply:
    """Believe a device again; its secret is what it was.

    For operators.
    """
    device = devices.enable(tx, _opened_device(tx, device_id))
    return Reply(view.device_out(device), version=device.version)


@blueprint.post("/parking/devices/<uuid:device_id>/renew-secret")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, DeviceWithSecret, headers=ETAG)
@guarded
@command
def renew_parking_device_secret(tx: Transaction, _data: dict[str, Any], device_id: UUID) -> Reply:
    """Another secret for a device, which is told this once; the one before is void at once.

    For operators.
    """
    device, secret = devices.renew_secret(tx, _opened_device(tx, device_id))
    return Reply({**view.device_out(device), "secret": secret}, version=device.version)


def _opened(tx: Transaction, lot_id: UUID) -> Lot:
    found = queries.find_lot(tx.session, lot_id, visible_lot(tx.actor), expected_version=expected_version())
    require_operator(tx.actor)
    return found


def _opened_zone(tx: Transaction, zone_id: UUID) -> tuple[Lot, Zone]:
    found = queries.find_zone(tx.session, zone_id, visible_lot(tx.actor), expected_version=expected_version())
    require_operator(tx.actor)
    return found


def _opened_lane(tx: Transaction, lane_id: UUID) -> tuple[Lot, Lane]:
    found = queries.find_lane(tx.session, lane_id, visible_lot(tx.actor), expected_version=expected_version())
    require_operator(tx.actor)
    return found


def _opened_device(tx: Transaction, device_id: UUID) -> Device:
    visible = visible_device(tx.actor)
    return queries.find_device(tx.session, device_id, visible, expected_version=expected_version())


def _lot_reply(tx: Transaction, lot: Lot, status: int = 200) -> Reply:
    tx.session.flush()
    headers = {"Location": f"/api/v1/living/parking/lots/{lot.id}"} if status == 201 else {}
    shown = view.lot_out(tx.session, lot, tx.actor, tx.today)
    return Reply(shown, status=status, version=lot.version, headers=headers)


def _zone_reply(tx: Transaction, lot: Lot, zone: Zone, status: int = 200) -> Reply:
    (shown,) = view.zones_out(tx.session, [zone])
    return Reply(shown, status=status, version=lot.version)


def _lane_reply(tx: Transaction, lot: Lot, lane: Lane, status: int = 200) -> Reply:
    (shown,) = view.lanes_out(tx.session, [lane], tx.actor)
    return Reply(shown, status=status, version=lot.version)
