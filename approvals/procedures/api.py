"""Special procedures over HTTP."""

from typing import Any
from uuid import UUID

from approvals.casefile.opening import opened, reply_with_case
from approvals.cases.refusals import (
    CLAIM_REQUIRED,
    PROCEDURE_NOT_LISTED,
    PROCEDURE_NOT_RUNNING,
    PROCEDURE_RUNNING,
    WRONG_STATE,
)
from approvals.cases.schemas import PLACES, CaseOut
from approvals.procedures import commands
from approvals.procedures.schemas import EndProcedure, StartProcedure
from shared.http.command import Reply, command
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint(
    "procedures", __name__, description="Special procedures (特别程序)", path_parameters=PLACES
)


@blueprint.post("/cases/<uuid:case_id>/start-procedure")
@blueprint.arguments(StartProcedure)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CLAIM_REQUIRED, WRONG_STATE, PROCEDURE_RUNNING, PROCEDURE_NOT_LISTED)
@command
def start_procedure(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Start a hearing, an inspection or the like (特别程序, event 9).

    For the official who has claimed the review or the decision. The clocks stop, and the applicant is told
    in writing how long it will take. Several procedures may run at once, one of each kind; the item's
    `special_procedures` names the kinds there are.
    """
    case, item = opened(tx, case_id)
    commands.start(tx, case, item, **data)
    return reply_with_case(tx, case)


@blueprint.post("/cases/<uuid:case_id>/end-procedure")
@blueprint.arguments(EndProcedure)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CLAIM_REQUIRED, WRONG_STATE, PROCEDURE_NOT_RUNNING)
@command
def end_procedure(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """End a special procedure (event 10).

    For the official who has claimed the review or the decision. The clocks go on when none runs any more.
    """
    case, item = opened(tx, case_id)
    commands.end(tx, case, item, **data)
    return reply_with_case(tx, case)
