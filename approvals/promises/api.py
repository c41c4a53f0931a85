"""Choosing the way of filing over HTTP."""

from typing import Any
from uuid import UUID

from approvals.casefile.opening import opened, reply_with_case
from approvals.cases.refusals import CREDIT_BAN, ONE_ROUTE, WRONG_STATE
from approvals.cases.schemas import PLACES, CaseOut
from approvals.promises import commands
from approvals.promises.schemas import ChooseRoute
from shared.http.command import Reply, command
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint("promises", __name__, description="Ways of filing (告知承诺)", path_parameters=PLACES)


@blueprint.post("/cases/<uuid:case_id>/choose-route")
@blueprint.arguments(ChooseRoute)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, ONE_ROUTE, CREDIT_BAN)
@command
def choose_route(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Choose the way of filing, while it is a draft.

    `routes` of the case names those there are. Each has its own materials and limits; files that the way
    chosen does not ask for go. What is promised is in the item's `reforms`, and made with `submit`.
    """
    case, item = opened(tx, case_id)
    commands.choose_route(tx, case, item, route=data["route"])
    return reply_with_case(tx, case)
