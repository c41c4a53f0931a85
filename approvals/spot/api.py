"""Corrections on the spot over HTTP."""

from typing import Any
from uuid import UUID

from approvals.casefile.opening import opened, reply_with_case
from approvals.cases.refusals import CLAIM_REQUIRED, FUNDS_APPLIED_FOR, WRONG_STATE
from approvals.cases.schemas import PLACES, CaseOut
from approvals.spot import commands
from approvals.spot.schemas import CorrectOnTheSpot
from shared.http.command import Reply, command
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint(
    "spot", __name__, description="Corrections on the spot (当场更正)", path_parameters=PLACES
)


@blueprint.post("/cases/<uuid:case_id>/correct-on-the-spot")
@blueprint.arguments(CorrectOnTheSpot)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CLAIM_REQUIRED, WRONG_STATE, FUNDS_APPLIED_FOR)
@command
def correct_on_the_spot(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Correct answers at the window, with the applicant's consent.

    For the official at the window who has claimed the intake task. `target` points at an answer
    (`/answers/…`). The corrected answers must be right, and nothing may become worse; the applicant is told.
    """
    case, item = opened(tx, case_id)
    commands.correct(tx, case, item, **data)
    return reply_with_case(tx, case)
