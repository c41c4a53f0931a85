"""The decision over HTTP."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from approvals.casefile.opening import opened, reply_with_case
from approvals.cases.schemas import CaseOut, Decide
from approvals.decisions import commands
from shared.http.command import Reply, command
from shared.transaction import Transaction

blueprint = Blueprint("decisions", __name__, description="Decisions (决定)")


@blueprint.post("/cases/<uuid:case_id>/decide")
@blueprint.arguments(Decide)
@blueprint.response(200, CaseOut)
@command
def decide_case(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Grant or refuse; needs the claim of the decision task, and other eyes than the reviewer's."""
    case, item = opened(tx, case_id)
    commands.decide(tx, case, item, granted=data["granted"], reason=data["reason"])
    return reply_with_case(tx, case)
