"""`/api/v1/<service>/stuck-events` of every service: what was not handled, and what operators do about it."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from shared.http.command import Reply, command, json_response
from shared.http.etag import expected_version
from shared.http.paging import link_next
from shared.http.state import current_actor, current_runtime
from shared.messaging import operating, stuck
from shared.messaging.policy import require_operator, require_reader
from shared.messaging.schemas import (
    Discard,
    NoContent,
    StuckEventArgs,
    StuckEventOut,
    StuckEventPage,
    document_of,
    line_of,
)
from shared.messaging.stuck import Filters, Stuck
from shared.transaction import Transaction

_TOKEN: list[dict[str, list[str]]] = [{"token": []}]
_GUARDS = [
    {
        "in": "header",
        "name": "If-Match",
        "required": True,
        "schema": {"type": "string"},
        "example": '"1"',
        "description": "The version that was seen (ETag): 428 without, 412 when it is stale",
    },
    {
        "in": "header",
        "name": "Idempotency-Key",
        "schema": {"type": "string", "maxLength": 128},
        "description": "A repeated request with the same key gets the first one's answer",
    },
]


def blueprint(service: str) -> Blueprint:
    """The routes of one service; the edge, whose own API has no name in its paths, gets one here too."""
    api = Blueprint(
        "stuck_events",
        __name__,
        url_prefix=f"/api/v1/{service}/stuck-events",
        description="Stuck events 滞留事件: for administrators; auditors read",
    )

    @api.get("")
    @api.doc(security=_TOKEN)
    @api.arguments(StuckEventArgs, location="query")
    @api.response(200, StuckEventPage)
    @api.alt_response(401, "UNAUTHORIZED")
    @api.alt_response(403, "FORBIDDEN")
    def list_stuck_events(args: dict[str, Any]) -> Response:
        """Events not handled and timers not kept: parked before waiting, the oldest first."""
        reader = current_actor()
        require_reader(reader)
        filters = Filters(args["state"], args["kind"])
        with current_runtime().read() as session:
            found, following = stuck.list_stuck(session, filters, cursor=args["cursor"], limit=args["limit"])
            counts = stuck.counts(session)
        items = [line_of(each, reader) for each in found]
        response = json_response(Reply({"items": items, "next": following, "counts": counts}))
        link_next(response, following)
        return response

    @api.get("/<uuid:stuck_id>")
    @api.doc(security=_TOKEN)
    @api.response(200, StuckEventOut)
    @api.alt_response(401, "UNAUTHORIZED")
    @api.alt_response(403, "FORBIDDEN")
    @api.alt_response(404, "NOT_FOUND")
    def get_stuck_event(stuck_id: UUID) -> Response:
        """One of them with its error and, for administrators, its content."""
        reader = current_actor()
        require_reader(reader)
        with current_runtime().read() as session:
            found = stuck.find_stuck(session, stuck_id)
        return json_response(Reply(document_of(found, reader), version=found.version))

    @api.post("/<uuid:stuck_id>/replay")
    @api.doc(security=_TOKEN, parameters=_GUARDS)
    @api.arguments(NoContent)
    @api.response(200, StuckEventOut)
    @api.alt_response(401, "UNAUTHORIZED")
    @api.alt_response(403, "FORBIDDEN")
    @api.alt_response(404, "NOT_FOUND")
    @api.alt_response(409, "CONFLICT")
    @api.alt_response(412, "PRECONDITION_FAILED")
    @api.alt_response(428, "PRECONDITION_REQUIRED")
    @command
    def replay_stuck_event(tx: Transaction, _body: dict[str, Any], stuck_id: UUID) -> Reply:
        """Try it again at once, with all its attempts before it; its effect happens once all the same."""
        require_operator(tx.actor)
        return _reply(tx, operating.replay(tx, stuck_id, expected_version()))

    @api.post("/<uuid:stuck_id>/discard")
    @api.doc(security=_TOKEN, parameters=_GUARDS)
    @api.arguments(Discard)
    @api.response(200, StuckEventOut)
    @api.alt_response(401, "UNAUTHORIZED")
    @api.alt_response(403, "FORBIDDEN")
    @api.alt_response(404, "NOT_FOUND")
    @api.alt_response(409, "CONFLICT")
    @api.alt_response(412, "PRECONDITION_FAILED")
    @api.alt_response(428, "PRECONDITION_REQUIRED")
    @command
    def discard_stuck_event(tx: Transaction, body: dict[str, Any], stuck_id: UUID) -> Reply:
        """Give it up for good; the reason is kept in the audit trail."""
        require_operator(tx.actor)
        return _reply(tx, operating.discard(tx, stuck_id, body["reason"], expected_version()))

    return api


def _reply(tx: Transaction, found: Stuck) -> Reply:
    return Reply(document_of(found, tx.actor), version=found.version)
