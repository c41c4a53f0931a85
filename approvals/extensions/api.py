"""Extensions over HTTP."""

from typing import Any
from uuid import UUID

from approvals.casefile.opening import opened, reply_with_case
from approvals.cases.refusals import (
    ALREADY_EXTENDED,
    CLAIM_REQUIRED,
    EXTENSION_PENDING,
    FOUR_EYES,
    LIMIT_PASSED,
    NOT_EXTENDABLE,
    WRONG_STATE,
)
from approvals.cases.schemas import PLACES, CaseOut
from approvals.extensions import commands
from approvals.extensions.schemas import DecideExtension, RequestExtension
from shared.http.command import Reply, command
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint("extensions", __name__, description="Extensions (延长审批期限)", path_parameters=PLACES)


@blueprint.post("/cases/<uuid:case_id>/request-extension")
@blueprint.arguments(RequestExtension)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(
    FORBIDDEN,
    CLAIM_REQUIRED,
    WRONG_STATE,
    NOT_EXTENDABLE,
    ALREADY_EXTENDED,
    EXTENSION_PENDING,
    LIMIT_PASSED,
)
@command
def request_extension(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Ask for the extension that the item's law allows (延长审批期限).

    For the official who has claimed the review or the decision; once, and before the statutory limit has
    passed. It goes on the approvers' queue.
    """
    case, item = opened(tx, case_id)
    commands.request(tx, case, item, reason=data["reason"])
    return reply_with_case(tx, case)


@blueprint.post("/cases/<uuid:case_id>/decide-extension")
@blueprint.arguments(DecideExtension)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CLAIM_REQUIRED, FOUR_EYES, WRONG_STATE, LIMIT_PASSED)
@command
def decide_extension(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Approve or refuse the extension.

    For the approver who has claimed its task and has not asked for it. An approval moves the statutory date
    and tells the applicant the reasons.
    """
    case, item = opened(tx, case_id)
    commands.decide(tx, case, item, approved=data["approved"], note=data["note"])
    return reply_with_case(tx, case)
