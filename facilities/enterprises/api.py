"""`…/enterprises`: the enterprises a facilities service knows; the same for each of them."""

from typing import Any

from flask import Response

from facilities.enterprises.queries import enterprise, enterprises
from facilities.enterprises.schemas import EnterprisePageSchema, EnterpriseSchema
from shared.http.command import Reply, json_response
from shared.http.contract import refuses
from shared.http.description import ETAG, Blueprint
from shared.http.paging import PageArgs, link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN


def blueprint() -> Blueprint:
    """The routes; served below `/api/v1/<service>`."""
    api = Blueprint(
        "enterprises",
        __name__,
        description="Enterprises of the park 园区企业",
        path_parameters={"uscc": ("Unified social credit code (GB 32100)", "91990101MA0DEM013U")},
    )

    @api.get("/enterprises")
    @api.arguments(PageArgs, location="query")
    @api.response(200, EnterprisePageSchema)
    @refuses(FORBIDDEN)
    def list_enterprises(args: dict[str, Any]) -> Response:
        """The enterprises the reader may see, the youngest first.

        For the park's people, and for members of an enterprise, who see their own. Learnt from events.
        """
        reader = current_actor()
        with current_runtime().read() as session:
            items, following = enterprises(session, reader, args["cursor"], args["limit"])
            page = EnterprisePageSchema().dump({"items": items, "next": following})
        response = json_response(Reply(page))
        link_next(response, following)
        return response

    @api.get("/enterprises/<uscc>")
    @api.response(200, EnterpriseSchema, headers=ETAG)
    @refuses(FORBIDDEN)
    def get_enterprise(uscc: str) -> Response:
        """One enterprise.

        As this service knows it: `as_of` says when the register said so.
        """
        with current_runtime().read() as session:
            found = enterprise(session, current_actor(), uscc)
            return json_response(Reply(EnterpriseSchema().dump(found), version=found.sequence))

    return api
