"""The register of enterprises over HTTP: public facts, for signed-in readers."""

from typing import Any

from flask import Response, jsonify
from marshmallow import fields, validate

from approvals.enterprise.model import Enterprise
from approvals.enterprise.queries import find_enterprise, list_enterprises
from shared.http.command import Reply, json_response
from shared.http.description import ETAG, Blueprint
from shared.http.paging import PageArgs, link_next
from shared.http.schemas import Answer, following
from shared.http.state import current_actor, current_runtime

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


class EnterpriseOut(Answer):
    """The public facts of an enterprise."""

    uscc = fields.String(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True)
    company_type = fields.String(required=True)
    legal_representative = fields.String(required=True)
    region_code = fields.String(required=True)
    address = fields.String(required=True)
    industry_code = fields.String(required=True)
    business_scope = fields.String(required=True)
    registered_capital_fen = fields.Integer(required=True)
    established_on = fields.Date(required=True)
    status = fields.String(required=True)
    certificate_id = fields.String(required=True, allow_none=True)


class EnterprisePage(Answer):
    """A page of the register."""

    items = fields.List(fields.Nested(EnterpriseOut), required=True)
    next = following()


@blueprint.get("/enterprises")
@blueprint.arguments(RegisterArgs, location="query")
@blueprint.response(200, EnterprisePage)
def get_enterprises(args: dict[str, Any]) -> Response:
    """List registered enterprises.

    For everybody signed in.
    """
    current_actor()
    with current_runtime().read() as session:
        rows, following = list_enterprises(session, q=args["q"], cursor=args["cursor"], limit=args["limit"])
        response = jsonify(items=[_dump(row) for row in rows], next=following)
    link_next(response, following)
    return response


@blueprint.get("/enterprises/<uscc>")
@blueprint.response(200, EnterpriseOut, headers=ETAG)
def get_enterprise(uscc: str) -> Response:
    """One registered enterprise.

    For everybody signed in: what the register shows to the public.
    """
    current_actor()
    with current_runtime().read() as session:
        enterprise = find_enterprise(session, uscc)
        return json_response(Reply(_dump(enterprise), version=enterprise.version))


def _dump(enterprise: Enterprise) -> dict[str, Any]:
    dumped: dict[str, Any] = EnterpriseOut().dump(enterprise)
    return dumped
