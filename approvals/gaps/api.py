"""Making up for gaps over HTTP."""

from typing import Any
from uuid import UUID

from approvals.casefile.opening import opened, reply_with_case
from approvals.cases.refusals import NOTHING_TO_MAKE_UP, WRONG_STATE
from approvals.cases.schemas import PLACES, CaseOut, Nothing
from approvals.gaps import commands
from shared.http.command import Reply, command
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint("gaps", __name__, description="Gaps (容缺受理)", path_parameters=PLACES)


@blueprint.post("/cases/<uuid:case_id>/make-up")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, NOTHING_TO_MAKE_UP)
@command
def make_up(tx: Transaction, _data: dict[str, Any], case_id: UUID) -> Reply:
    """Hand in the materials without which the case was accepted.

    For the applicant, once all of them have been uploaded and before the make-up date has passed. 422 names
    what is still missing.
    """
    case, item = opened(tx, case_id)
    commands.make_up(tx, case, item)
    return reply_with_case(tx, case)
