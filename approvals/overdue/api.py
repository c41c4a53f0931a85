"""Explanations of missed limits over HTTP: given by whoever is responsible, read by anybody."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from approvals.casefile.opening import opened, reply_with_case
from approvals.cases.clock import ClockKind
from approvals.cases.deadline import Deadlines
from approvals.cases.refusals import CLAIM_REQUIRED, NOT_OVERDUE, WRONG_STATE
from approvals.cases.schemas import PLACES, CaseOut
from approvals.items.catalogue import Catalogue
from approvals.overdue import commands
from approvals.overdue.model import OverdueExplanation
from approvals.overdue.queries import published
from approvals.overdue.schemas import ExplainOverdue, ExplanationPage
from shared.http.command import Reply, command
from shared.http.contract import guarded, public, refuses
from shared.http.description import ETAG, Blueprint
from shared.http.paging import PageArgs, link_next
from shared.http.state import current_runtime
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint(
    "overdue", __name__, description="Missed limits explained (公开说明)", path_parameters=PLACES
)


@blueprint.post("/cases/<uuid:case_id>/explain-overdue")
@blueprint.arguments(ExplainOverdue)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, CLAIM_REQUIRED, WRONG_STATE, NOT_OVERDUE)
@command
def explain_overdue(tx: Transaction, data: dict[str, Any], case_id: UUID) -> Reply:
    """Say publicly why the answer is late, and by when it is expected (优化营商环境条例 art. 36).

    For the official who has claimed the review or the decision, and for managers; once the promised or the
    statutory limit has been missed. It may be said anew as long as the case is open; every version is kept.
    """
    case, item = opened(tx, case_id)
    commands.explain(tx, case, item, **data)
    return reply_with_case(tx, case)


@blueprint.get("/overdue-explanations")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, ExplanationPage)
@public
def get_overdue_explanations(args: dict[str, Any]) -> Response:
    """Why answers are late: every open case whose limit was missed and explained, the newest first.

    For everybody. It names the item, the department and the case number, no applicant and no company.
    """
    runtime = current_runtime()
    with runtime.read() as session:
        catalogue = runtime.context.resources.get(Catalogue)
        calendar = runtime.context.resources.get(Deadlines).calendar_of(session)
        today = runtime.clock.today()
        rows, following = published(session, cursor=args["cursor"], limit=args["limit"])

        def shown(row: OverdueExplanation) -> dict[str, Any]:
            item = catalogue.of(row.case)
            return {
                "id": row.id,
                "item": {"code": item.code, "slug": item.slug, "version": item.version, "name": item.name},
                "department": {"code": item.department.code, "name": item.department.name},
                "case_number": row.case.number,
                "missed": ClockKind(row.due_kind),
                "due_on": row.due_on,
                "days_over": max(0, calendar.working_days_between(row.due_on, today)),
                "reason": row.reason,
                "expected_on": row.expected_on,
                "explained_at": row.explained_at,
            }

        answer = ExplanationPage().dump({"items": [shown(row) for row in rows], "next": following})
    response = jsonify(answer)
    link_next(response, following)
    return response
