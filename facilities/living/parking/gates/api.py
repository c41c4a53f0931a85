"""`…/parking/gate-events`: what cameras and barriers tell, and what they are answered."""

from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

from facilities.living.parking.gates.attempts import attempt
from facilities.living.parking.gates.commands import Said, receive, told_before
from facilities.living.parking.gates.devices import Post, Request, post_at, post_of_device
from facilities.living.parking.gates.openings import note_opening
from facilities.living.parking.gates.refusals import EVENT_ID_REUSED, NOBODY_WAITS, TICKET_UNKNOWN
from facilities.living.parking.gates.schemas import (
    BarrierOpeningIn,
    GateAnswer,
    GateEventIn,
    OpeningOut,
    TicketIn,
    TicketOut,
)
from facilities.living.parking.gates.tickets import scan
from facilities.living.parking.gates.view import answered
from shared.errors import NotFound
from shared.http.command import Reply, json_response
from shared.http.contract import public, refuses
from shared.http.description import Blueprint
from shared.http.state import current_runtime
from shared.refusals import FORBIDDEN, NOT_FOUND, UNAUTHENTICATED, UNAVAILABLE
from shared.service import Runtime
from shared.transaction import Transaction

EXAMPLE_ID = "0197a1c4-6b1e-7c3a-9a52-3f0a4f6c5101"

blueprint = Blueprint(
    "parking_gates",
    __name__,
    description="What devices tell at the lanes of car parks (停车场道闸)",
    path_parameters={"lane_id": ("The id of the lane", EXAMPLE_ID)},
)


@blueprint.post("/parking/gate-events")
@blueprint.arguments(GateEventIn)
@blueprint.response(200, GateAnswer)
@public
@refuses(UNAUTHENTICATED, EVENT_ID_REUSED, UNAVAILABLE)
def tell_gate_event(data: dict[str, Any]) -> Response:
    """For cameras: tell that a car stands at a lane, or stood there, and be answered what to do.

    Signed: `Authorization: Device code="…",time="…",signature="…"`, the HMAC-SHA256 of method, path, time and
    body. It may be repeated: the same event gets the same answer. A plate that cannot exist counts as not
    read; a clock that is wrong is noted, and the receipt counts instead.
    """
    motorcycle = data.pop("vehicle") == "motorcycle"
    said = Said(motorcycle=motorcycle, **data)
    runtime = current_runtime()
    with runtime.read() as session:
        post = _device(runtime, session, said.id)
        before = told_before(session, post, said, runtime.clock.now())
        if before is not None:
            return json_response(Reply(answered(before.event, repeated=True)))

    def work(tx: Transaction) -> dict[str, Any]:
        told = receive(tx, post, said, ends=True)
        return answered(told.event, repeated=told.repeated)

    return json_response(Reply(attempt(runtime, work)))


@blueprint.post("/parking/barrier-openings")
@blueprint.arguments(BarrierOpeningIn)
@blueprint.response(200, OpeningOut)
@public
@refuses(UNAUTHENTICATED, EVENT_ID_REUSED, UNAVAILABLE)
def tell_barrier_opening(data: dict[str, Any]) -> Response:
    """For barriers: tell that one has opened; signed like the events of cameras.

    Where neither an answer nor anybody's hand explains it, the operator is told.
    """
    runtime = current_runtime()
    with runtime.read() as session:
        post = _device(runtime, session)

    def work(tx: Transaction) -> dict[str, Any]:
        told = note_opening(tx, post, data["id"], data["opened_at"])
        tx.session.flush()
        return {
            "id": str(told.opening.id),
            "at": told.opening.at.isoformat(),
            "explained": told.opening.explained,
            "repeated": told.repeated,
        }

    return json_response(Reply(attempt(runtime, work)))


@blueprint.post("/parking/lanes/<uuid:lane_id>/tickets")
@blueprint.arguments(TicketIn)
@blueprint.response(200, TicketOut)
@public
@refuses(FORBIDDEN, NOT_FOUND, NOBODY_WAITS, TICKET_UNKNOWN, UNAVAILABLE)
def scan_lane_code(data: dict[str, Any], lane_id: UUID) -> Response:
    """For a driver whose car has no number plate, and who has scanned the code at the lane; no sign-in.

    At an entry it gives a ticket and opens, at an exit the ticket is named. The camera must have told just
    now that it could read no plate. It may be repeated.
    """
    runtime = current_runtime()
    with runtime.read() as session:
        post = post_at(session, lane_id)
    if post is None:
        raise NotFound

    def work(tx: Transaction) -> dict[str, Any]:
        given = scan(tx, post, data["token"], data["ticket"])
        tx.session.flush()
        answer = answered(given.told.event, repeated=given.told.repeated)
        return answer | {"ticket": given.mark if given.told.event.passed else data["ticket"]}

    return json_response(Reply(attempt(runtime, work)))


def _device(runtime: Runtime, session: Session, event: str = "") -> Post:
    """The device that has signed this request, at its lane; `event` is that of a car that it tells."""
    signed = Request(
        request.method, request.path, request.get_data(), request.headers.get("Authorization", "")
    )
    return post_of_device(session, runtime.context.cipher, signed, runtime.clock.now(), event)
