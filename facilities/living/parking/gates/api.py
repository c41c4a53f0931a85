"""`…/parking/gate-events`: what cameras and barriers tell, and what they are answered."""

from typing import Any

from flask import Response, request

from facilities.living.parking.gates.attempts import attempt
from facilities.living.parking.gates.commands import Said, receive
from facilities.living.parking.gates.devices import Post, Request, post_of_device
from facilities.living.parking.gates.refusals import EVENT_ID_REUSED
from facilities.living.parking.gates.schemas import GateAnswer, GateEventIn
from facilities.living.parking.gates.view import answered
from shared.http.command import Reply, json_response
from shared.http.contract import public, refuses
from shared.http.description import Blueprint
from shared.http.state import current_runtime
from shared.refusals import UNAUTHENTICATED, UNAVAILABLE
from shared.transaction import Transaction

EXAMPLE_ID = "0197a1c4-6b1e-7c3a-9a52-3f0a4f6c5101"

blueprint = Blueprint(
    "parking_gates", __name__, description="What devices tell at the lanes of car parks (停车场道闸)"
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
    post = _device()
    motorcycle = data.pop("vehicle") == "motorcycle"
    said = Said(motorcycle=motorcycle, **data)

    def work(tx: Transaction) -> dict[str, Any]:
        told = receive(tx, post, said)
        tx.session.flush()
        return answered(told.event, repeated=told.repeated)

    return json_response(Reply(attempt(current_runtime(), work)))


def _device() -> Post:
    """The device that has signed this request."""
    runtime = current_runtime()
    signed = Request(
        request.method, request.path, request.get_data(), request.headers.get("Authorization", "")
    )
    with runtime.read() as session:
        return post_of_device(session, runtime.context.cipher, signed, runtime.clock.now())
