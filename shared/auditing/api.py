"""`/api/v1/<service>/audit/anchors` of every service: for whoever keeps them where nobody can change them."""

from typing import Any

from flask import Response

from shared.auditing import queries
from shared.auditing.anchors import content_of, told
from shared.auditing.policy import require_reader
from shared.auditing.schemas import AuditAnchorPage
from shared.http.command import Reply, json_response
from shared.http.contract import refuses
from shared.http.description import Blueprint
from shared.http.paging import PageArgs, link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN


def blueprint(service: str) -> Blueprint:
    """The routes of one service; the edge, whose own API has no name in its paths, gets one here too."""
    api = Blueprint(
        "audit",
        __name__,
        url_prefix=f"/api/v1/{service}/audit",
        description="Audit trail 审计记录: for auditors and administrators",
    )

    @api.get("/anchors")
    @api.arguments(PageArgs, location="query")
    @api.response(200, AuditAnchorPage)
    @refuses(FORBIDDEN)
    def list_anchors(args: dict[str, Any]) -> Response:
        """The daily anchors of the audit trail, newest first.

        For administrators and auditors. Each covers all that was done until its day.
        """
        require_reader(current_actor())
        with current_runtime().read() as session:
            found, following = queries.anchors(session, cursor=args["cursor"], limit=args["limit"])
        items = [told(content_of(anchor), service) for anchor in found]
        response = json_response(Reply({"items": items, "next": following}))
        link_next(response, following)
        return response

    return api
