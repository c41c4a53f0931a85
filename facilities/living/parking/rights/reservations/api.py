"""`…/parking/reservations`: a bay kept for a car."""

from typing import Any
from uuid import UUID

from flask import Response

from facilities.capacity.refusals import CAPACITY_FULL, WRONG_STATE
from facilities.living.parking.rights.policy import require_own
from facilities.living.parking.rights.refusals import LOT_CLOSED, RESERVED_ALREADY, TOO_MANY
from facilities.living.parking.rights.reservations import commands, queries
from facilities.living.parking.rights.reservations.commands import Reserved
from facilities.living.parking.rights.reservations.room import room
from facilities.living.parking.rights.reservations.schemas import (
    MayReason,
    NewReservation,
    NewTime,
    ReservationArgs,
    ReservationOut,
    ReservationPage,
    RoomArgs,
    RoomOut,
)
from facilities.living.parking.rights.reservations.view import shown
from facilities.living.parking.rights.schemas import EXAMPLE_ID
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, LOCATION, Blueprint
from shared.http.etag import expected_version
from shared.http.paging import link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN, NOT_FOUND
from shared.transaction import Transaction

blueprint = Blueprint(
    "parking_reservations",
    __name__,
    description="Reservations of bays (车位预约)",
    path_parameters={
        "reservation_id": ("The id of the reservation", EXAMPLE_ID),
        "lot_id": ("The id of the car park", EXAMPLE_ID),
    },
)


@blueprint.get("/parking/lots/<uuid:lot_id>/room")
@blueprint.arguments(RoomArgs, location="query")
@blueprint.response(200, RoomOut)
@refuses(LOT_CLOSED)
def look_for_room(args: dict[str, Any], lot_id: UUID) -> Response:
    """How many bays are free for a reservation at a time, zone by zone.

    `broken` names every rule that forbids it; where all is full, `alternatives` are other times. Nothing is
    kept by asking.
    """
    current_actor()
    runtime = current_runtime()
    with runtime.read() as session:
        return json_response(Reply(room(session, lot_id, now=runtime.clock.now(), **args)))


@blueprint.post("/parking/reservations")
@blueprint.arguments(NewReservation)
@blueprint.response(201, ReservationOut, headers={**ETAG, **LOCATION})
@refuses(NOT_FOUND, LOT_CLOSED, RESERVED_ALREADY, TOO_MANY, CAPACITY_FULL)
@command
def reserve_bay(tx: Transaction, data: dict[str, Any]) -> Reply:
    """Reserve a bay for a car: in the zone that you name, else in the nearest one with room.

    It is kept at once and paid on leaving, by the tariff. 422 names every rule that the wish breaks, 409
    `capacity-full` what else would be free.
    """
    it = commands.reserve(tx, **data)
    location = {"Location": f"/api/v1/living/parking/reservations/{it.booking.id}"}
    return _reply(tx, it, 201, location)


@blueprint.get("/parking/reservations")
@blueprint.arguments(ReservationArgs, location="query")
@blueprint.response(200, ReservationPage)
def list_reservations(args: dict[str, Any]) -> Response:
    """Your reservations, the one made last first.

    Those who run or watch the park see all.
    """
    reader = current_actor()
    with current_runtime().read() as session:
        found, following = queries.page(session, reader, **args)
        items = shown(session, found, reader)
    response = json_response(Reply({"items": items, "next": following}))
    link_next(response, following)
    return response


@blueprint.get("/parking/reservations/<uuid:reservation_id>")
@blueprint.response(200, ReservationOut, headers=ETAG)
def get_reservation(reservation_id: UUID) -> Response:
    """One reservation.

    For whoever has made it, and for those who run or watch the park.
    """
    reader = current_actor()
    with current_runtime().read() as session:
        it = queries.find(session, reservation_id, queries.visible(reader))
        (out,) = shown(session, [it], reader)
        return json_response(Reply(out, version=it.booking.version))


@blueprint.post("/parking/reservations/<uuid:reservation_id>/cancel")
@blueprint.arguments(MayReason, required=False)
@blueprint.response(200, ReservationOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def cancel_reservation(tx: Transaction, data: dict[str, Any], reservation_id: UUID) -> Reply:
    """Give a reservation up before its car has come; it costs nothing.

    For whoever has made it.
    """
    return _reply(tx, commands.cancel(tx, _opened(tx, reservation_id), data.get("reason", "")))


@blueprint.post("/parking/reservations/<uuid:reservation_id>/move")
@blueprint.arguments(NewTime)
@blueprint.response(200, ReservationOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, RESERVED_ALREADY, CAPACITY_FULL)
@command
def move_reservation(tx: Transaction, data: dict[str, Any], reservation_id: UUID) -> Reply:
    """Move a reservation to another time in its zone, or everything stays as it is.

    For whoever has made it.
    """
    return _reply(tx, commands.move(tx, _opened(tx, reservation_id), **data))


def _opened(tx: Transaction, reservation_id: UUID) -> Reserved:
    it = queries.find(tx.session, reservation_id, queries.visible(tx.actor), expected_version())
    require_own(tx.actor, it.kept.account_id)
    return it


def _reply(tx: Transaction, it: Reserved, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    tx.session.flush()
    (out,) = shown(tx.session, [it], tx.actor)
    return Reply(out, status=status, version=it.booking.version, headers=headers or {})
