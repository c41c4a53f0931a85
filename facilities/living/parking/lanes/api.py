"""`…/parking/lanes`, `…/events`, `…/alarms`: what operators see of the lanes and do there."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Response

from facilities.living.parking.gates.alarms import see
from facilities.living.parking.gates.codes import code_of
from facilities.living.parking.gates.devices import Post, post_at
from facilities.living.parking.gates.model import Alarm, GateEvent
from facilities.living.parking.gates.queries import (
    alarms_page,
    events_page,
    find_alarm,
    latest_at_lanes,
    openings_of,
)
from facilities.living.parking.gates.refusals import ALARM_SEEN
from facilities.living.parking.gates.schemas import (
    AlarmArgs,
    AlarmOut,
    AlarmPage,
    EventArgs,
    GateEventPage,
    LaneCode,
    OpenedOut,
    OpenLane,
    SeeAlarm,
)
from facilities.living.parking.gates.view import alarm_out, event_out, opened_out
from facilities.living.parking.lanes.commands import open_lane
from facilities.living.parking.lots.model import Lot
from facilities.living.parking.lots.policy import require_operator, require_reader
from shared.errors import NotFound
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.http.etag import expected_version
from shared.http.paging import link_next
from shared.http.state import current_actor, current_runtime
from shared.identifiers.plates import normalize_plate
from shared.refusals import FORBIDDEN
from shared.text import Text
from shared.transaction import Transaction

EXAMPLE_ID = "0197a1c4-6b1e-7c3a-9a52-3f0a4f6c5101"
_NO_LANE = Text("没有这条车道", "There is no such lane")
_NO_LOT = Text("没有这个停车场", "There is no such car park")

blueprint = Blueprint(
    "parking_lanes",
    __name__,
    description="The lanes of car parks, live (停车场车道)",
    path_parameters={
        "lane_id": ("The id of the lane", EXAMPLE_ID),
        "lot_id": ("The id of the car park", EXAMPLE_ID),
        "alarm_id": ("The id of the alarm", EXAMPLE_ID),
    },
)


@blueprint.get("/parking/lanes/<uuid:lane_id>/code")
@blueprint.response(200, LaneCode)
@refuses(FORBIDDEN)
def get_lane_code(lane_id: UUID) -> Response:
    """The address that the code at a lane leads to, for cars without a number plate.

    For operators, who print it and put it up at the lane.
    """
    require_operator(current_actor())
    runtime = current_runtime()
    with runtime.read() as session:
        if post_at(session, lane_id) is None:
            raise NotFound(_NO_LANE)
    settings = runtime.context.settings
    token = code_of(settings, lane_id)
    url = f"{settings.public_url}/parking/lanes/{lane_id}/tickets/{token}"
    return json_response(Reply({"token": token, "url": url}))


@blueprint.post("/parking/lanes/<uuid:lane_id>/open")
@blueprint.arguments(OpenLane)
@blueprint.response(201, OpenedOut)
@refuses(FORBIDDEN)
@command
def open_lane_by_hand(tx: Transaction, data: dict[str, Any], lane_id: UUID) -> Reply:
    """Open a barrier by hand, for a reason that is kept with who has done it.

    For operators. A car that is named by its plate or ticket goes through: its stay begins or ends, whatever
    the rules would have answered; what it owes stays owed.
    """
    require_operator(tx.actor)
    opening, event = open_lane(tx, _post(tx, lane_id), **data)
    tx.session.flush()
    return Reply(opened_out(opening, event), status=201)


@blueprint.get("/parking/lots/<uuid:lot_id>/events")
@blueprint.arguments(EventArgs, location="query")
@blueprint.response(200, GateEventPage)
@refuses(FORBIDDEN)
def list_gate_events(args: dict[str, Any], lot_id: UUID) -> Response:
    """What was told and answered at the lanes of a car park, the newest first.

    For those who run or watch it.
    """
    require_reader(current_actor())
    where: list[sa.ColumnElement[bool]] = []
    if args["lane_id"] is not None:
        where.append(GateEvent.lane_id == args["lane_id"])
    if args["plate"] is not None:
        where.append(GateEvent.mark == normalize_plate(args["plate"]))
    if args["latest"]:
        where.append(latest_at_lanes(lot_id))
    with current_runtime().read() as session:
        _require_lot(session, lot_id)
        page, following = events_page(session, lot_id, where, args["cursor"], args["limit"])
        openings = openings_of(session, page)
    items = [event_out(each, openings.get(each.device_event)) for each in page]
    response = json_response(Reply({"items": items, "next": following}))
    link_next(response, following)
    return response


@blueprint.get("/parking/lots/<uuid:lot_id>/alarms")
@blueprint.arguments(AlarmArgs, location="query")
@blueprint.response(200, AlarmPage)
@refuses(FORBIDDEN)
def list_parking_alarms(args: dict[str, Any], lot_id: UUID) -> Response:
    """What is to be looked at in a car park, and what was, the newest first.

    For those who run or watch it.
    """
    require_reader(current_actor())
    where: list[sa.ColumnElement[bool]] = []
    if args["open"] is not None:
        where.append(Alarm.seen_at.is_(None) if args["open"] else Alarm.seen_at.is_not(None))
    if args["kind"] is not None:
        where.append(Alarm.kind == args["kind"])
    with current_runtime().read() as session:
        _require_lot(session, lot_id)
        page, following = alarms_page(session, lot_id, where, args["cursor"], args["limit"])
    response = json_response(Reply({"items": [alarm_out(each) for each in page], "next": following}))
    link_next(response, following)
    return response


@blueprint.post("/parking/alarms/<uuid:alarm_id>/see")
@blueprint.arguments(SeeAlarm)
@blueprint.response(200, AlarmOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, ALARM_SEEN)
@command
def see_parking_alarm(tx: Transaction, data: dict[str, Any], alarm_id: UUID) -> Reply:
    """Say that somebody has looked at an alarm, and what was found.

    For operators.
    """
    require_operator(tx.actor)
    alarm = find_alarm(tx.session, alarm_id, expected_version())
    see(tx, alarm, data["note"])
    tx.session.flush()
    return Reply(alarm_out(alarm), version=alarm.version)


def _post(tx: Transaction, lane_id: UUID) -> Post:
    post = post_at(tx.session, lane_id)
    if post is None:
        raise NotFound(_NO_LANE)
    return post


def _require_lot(session: Any, lot_id: UUID) -> None:
    if session.get(Lot, lot_id) is None:
        raise NotFound(_NO_LOT)
