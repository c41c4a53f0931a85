"""The register of enterprises over HTTP: public facts, for signed-in readers."""

from datetime import date
from typing import Any

from flask import Response, jsonify
from marshmallow import fields, validate

from approvals.enterprise.answers import EnterpriseOut, EnterprisePage, enterprise_view, views
from approvals.enterprise.queries import find_enterprise, list_enterprises
from approvals.items.catalogue import Catalogue
from shared.clock import local_date
from shared.http.command import Reply, json_response
from shared.http.description import ETAG, Blueprint
from shared.http.paging import PageArgs, link_next
from shared.http.state import current_actor, current_runtime
from shared.service import Runtime

blueprint = Blueprint(
    "register",
    __name__,
    description="Register of enterprises (市场主体登记簿)",
    path_parameters={"uscc": ("Unified social credit code (GB 32100)", "91990101MA0DEM013U")},
)


class RegisterArgs(PageArgs):
    """Search by name or credit code."""

    q = fields.String(
        load_default=None,
        validate=validate.Length(max=100),
        metadata={"description": "Part of the name, or the credit code"},
    )


@blueprint.get("/enterprises")
@blueprint.arguments(RegisterArgs, location="query")
@blueprint.response(200, EnterprisePage)
def get_enterprises(args: dict[str, Any]) -> Response:
    """List registered enterprises.

    For everybody signed in.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        rows, following = list_enterprises(session, q=args["q"], cursor=args["cursor"], limit=args["limit"])
        response = jsonify(items=views(rows, reader, *_known(runtime)), next=following)
    link_next(response, following)
    return response


@blueprint.get("/enterprises/<uscc>")
@blueprint.response(200, EnterpriseOut, headers=ETAG)
def get_enterprise(uscc: str) -> Response:
    """One registered enterprise.

    For everybody signed in: what the register shows to the public.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        enterprise = find_enterprise(session, uscc)
        shown = enterprise_view(enterprise, reader, *_known(runtime))
        return json_response(Reply(shown, version=enterprise.version))


def _known(runtime: Runtime) -> tuple[Catalogue, date]:
    return runtime.context.resources.get(Catalogue), local_date(runtime.clock.now())
