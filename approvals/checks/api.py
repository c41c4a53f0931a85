"""The later check over HTTP."""

from typing import Any
from uuid import UUID

from approvals.casefile.opening import opened, reply_with_case
from approvals.cases.refusals import CLAIM_REQUIRED, CORRECTION_RUNNING, WRONG_STATE
from approvals.cases.schemas import PLACES, CaseOut
from approvals.checks import commands
from approvals.checks.schemas import RecordCheck
from shared.http.command import Reply, command
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint("checks", __name__, description="Later checks (核查)", path_parameters=PLACES)


@blueprint.post("/cases/<uuid:case_id>/record-check")
@blueprint.arguments(RecordCheck)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CLAIM_REQUIRED, WRONG_STATE, CORRECTION_RUNNING)
@command
def record_check(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Record whether the promise on which something was granted is kept.

    For the reviewer who has claimed the check. A first failure is an order to correct by a day
    (责令限期改正); a second one makes the promise broken, with a credit record of the holder.
    """
    case, item = opened(tx, case_id)
    commands.record_check(tx, case, item, **data)
    return reply_with_case(tx, case)
