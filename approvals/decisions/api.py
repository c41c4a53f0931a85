"""The decision over HTTP."""

from typing import Any
from uuid import UUID

from approvals.casefile.opening import opened, reply_with_case
from approvals.cases.refusals import (
    BUDGET_EXHAUSTED,
    CASES_RUNNING,
    CLAIM_REQUIRED,
    CREDIT_BAN,
    FOUR_EYES,
    INCOMPLETE_PARTICULARS,
    MAKE_UP_DUE,
    NAME_TAKEN,
    NOTICE_REQUIRED,
    NOTICE_RUNNING,
    OBJECTION_OPEN,
    ORGANISATION_NOT_REGISTERED,
    REGISTER_MOVED_ON,
    WRONG_STATE,
)
from approvals.cases.schemas import PLACES, CaseOut, Decide
from approvals.decisions import commands
from shared.http.command import Reply, command
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint("decisions", __name__, description="Decisions (决定)", path_parameters=PLACES)


@blueprint.post("/cases/<uuid:case_id>/decide")
@blueprint.arguments(Decide)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(
    FORBIDDEN,
    CLAIM_REQUIRED,
    FOUR_EYES,
    WRONG_STATE,
    MAKE_UP_DUE,
    CREDIT_BAN,
    NAME_TAKEN,
    INCOMPLETE_PARTICULARS,
    REGISTER_MOVED_ON,
    BUDGET_EXHAUSTED,
    NOTICE_RUNNING,
    NOTICE_REQUIRED,
    OBJECTION_OPEN,
    CASES_RUNNING,
    ORGANISATION_NOT_REGISTERED,
)
@command
def decide_case(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Grant or refuse.

    For the approver who has claimed the decision task and has not reviewed the case. A refusal gives its
    reasons; a grant enters the register and issues the certificate. Of an item that pays funds it fixes the
    amount and orders the payment; `amount_fen` is for these alone.
    """
    case, item = opened(tx, case_id)
    commands.decide(tx, case, item, **data)
    return reply_with_case(tx, case)
