"""Payments over HTTP."""

from typing import Any
from uuid import UUID

from approvals.casefile.opening import opened, reply_with_case
from approvals.cases.refusals import CLAIM_REQUIRED, WRONG_STATE
from approvals.cases.schemas import PLACES, CaseOut
from approvals.funds import commands
from approvals.funds.schemas import RecordPayment
from shared.http.command import Reply, command
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint("funds", __name__, description="Payments of funds (拨付)", path_parameters=PLACES)


@blueprint.post("/cases/<uuid:case_id>/record-payment")
@blueprint.arguments(RecordPayment)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CLAIM_REQUIRED, WRONG_STATE)
@command
def record_payment(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Record that what was granted has been paid (拨付).

    For the official of the paying department who has claimed the task of payment; once, and of exactly the
    amount granted.
    """
    case, item = opened(tx, case_id)
    commands.record_payment(tx, case, item, **data)
    return reply_with_case(tx, case)
