"""The window's verbs over HTTP."""

from typing import Any
from uuid import UUID

from approvals.casefile.opening import opened, reply_with_case
from approvals.cases.refusals import CLAIM_REQUIRED, CREDIT_BAN, WRONG_STATE
from approvals.cases.schemas import PLACES, Accept, CaseOut, Decline, RequestCorrection
from approvals.intake import commands
from shared.http.command import Reply, command
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint("intake", __name__, description="Intake (受理)", path_parameters=PLACES)


@blueprint.post("/cases/<uuid:case_id>/accept")
@blueprint.arguments(Accept, required=False)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CLAIM_REQUIRED, WRONG_STATE, CREDIT_BAN)
@command
def accept_case(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Accept the application (受理).

    For the official at the window who has claimed its intake task. The decision clocks start. Where the
    applicant has promised materials for later, `with_gaps` says that they may follow (容缺受理); whoever does
    not want that asks for a correction.
    """
    case, item = opened(tx, case_id)
    return reply_with_case(tx, commands.accept(tx, case, item, with_gaps=data["with_gaps"]))


@blueprint.post("/cases/<uuid:case_id>/decline")
@blueprint.arguments(Decline)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CLAIM_REQUIRED, WRONG_STATE)
@command
def decline_case(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Refuse intake: 不受理 (`not_required`) or 不予受理 (`refused`).

    For the official at the window who has claimed its intake task. `ground` is one of the item's
    `decline_grounds` of that kind.
    """
    case, item = opened(tx, case_id)
    return reply_with_case(tx, commands.decline(tx, case, item, **data))


@blueprint.post("/cases/<uuid:case_id>/request-correction")
@blueprint.arguments(RequestCorrection)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CLAIM_REQUIRED, WRONG_STATE)
@command
def request_correction(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Send one complete correction notice (一次性告知).

    For the official at the window who has claimed its intake task. `target` points at an answer
    (`/answers/…`) or at a material (`/materials/<code>`).
    """
    case, item = opened(tx, case_id)
    commands.request_correction(tx, case, item, items=data["items"])
    return reply_with_case(tx, case)
