"""`/api/v1/<service>/stuck-events` of every service: what was not handled, and what operators do about it."""

from typing import Any
from uuid import UUID

from flask import Response

from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
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
from shared.refusals import FORBIDDEN, NOT_STUCK
from shared.transaction import Transaction

EXAMPLE_ID = "01939f6e-3a4b-7c21-9d5e-8f0a1b2c3d4e"


def blueprint(service: str) -> Blueprint:
    """The routes of one service; the edge, whose own API has no name in its paths, gets one here too."""
    api = Blueprint(
        "stuck_events",
        __name__,
        url_prefix=f"/api/v1/{service}/stuck-events",
        description="Stuck events 滞留事件: for administrators; auditors read",
        path_parameters={"stuck_id": ("The id of the event or of the timer", EXAMPLE_ID)},
    )

    @api.get("")
    @api.arguments(StuckEventArgs, location="query")
    @api.response(200, StuckEventPage)
    @refuses(FORBIDDEN)
    def list_stuck_events(args: dict[str, Any]) -> Response:
        """Events not handled and timers not kept: parked before waiting, the oldest first.

        For administrators and auditors. Counts stop at 100.
        """
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
    @api.response(200, StuckEventOut, headers=ETAG)
    @refuses(FORBIDDEN)
    def get_stuck_event(stuck_id: UUID) -> Response:
        """One of them with its error and, for administrators, its content.

        For administrators and auditors.
        """
        reader = current_actor()
        require_reader(reader)
        with current_runtime().read() as session:
            found = stuck.find_stuck(session, stuck_id)
        return json_response(Reply(document_of(found, reader), version=found.version))

    @api.post("/<uuid:stuck_id>/replay")
    @api.arguments(NoContent, required=False)
    @api.response(200, StuckEventOut, headers=ETAG)
    @guarded
    @refuses(FORBIDDEN, NOT_STUCK)
    @command
    def replay_stuck_event(tx: Transaction, _body: dict[str, Any], stuck_id: UUID) -> Reply:
        """Try it again at once, with all its attempts before it.

        For administrators. Its effect happens once all the same.
        """
        require_operator(tx.actor)
        return _reply(tx, operating.replay(tx, stuck_id, expected_version()))

    @api.post("/<uuid:stuck_id>/discard")
    @api.arguments(Discard)
    @api.response(200, StuckEventOut, headers=ETAG)
    @guarded
    @refuses(FORBIDDEN, NOT_STUCK)
    @command
    def discard_stuck_event(tx: Transaction, body: dict[str, Any], stuck_id: UUID) -> Reply:
        """Give it up for good; the reason is kept in the audit trail.

        For administrators.
        """
        require_operator(tx.actor)
        return _reply(tx, operating.discard(tx, stuck_id, body["reason"], expected_version()))

    return api


def _reply(tx: Transaction, found: Stuck) -> Reply:
    return Reply(document_of(found, tx.actor), version=found.version)
