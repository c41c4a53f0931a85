"""Supervision records over HTTP."""

from typing import Any

from flask import Response, jsonify

from approvals.casefile.opening import reading
from approvals.casefile.view import Reader, item_ref
from approvals.cases.policy import state_name
from approvals.items.catalogue import Catalogue
from approvals.supervision import queries
from approvals.supervision.model import SupervisionRecord
from approvals.supervision.policy import require_watcher
from approvals.supervision.schemas import RecordArgs, RecordPage
from shared.http.contract import refuses
from shared.http.description import Blueprint
from shared.http.paging import link_next
from shared.refusals import FORBIDDEN

blueprint = Blueprint("supervision", __name__, description="Supervision (电子监察)")


@blueprint.get("/supervision-records")
@blueprint.arguments(RecordArgs, location="query")
@blueprint.response(200, RecordPage)
@refuses(FORBIDDEN)
def get_supervision_records(args: dict[str, Any]) -> Response:
    """Warnings about limits that are near or were missed, the newest first.

    For officials those of their department; managers, auditors and administrators see all.
    """
    cursor, limit = args.pop("cursor"), args.pop("limit")
    with reading() as reader:
        require_watcher(reader.actor)
        rows, following = queries.list_records(
            reader.session, reader.actor, queries.Filters(**args), cursor=cursor, limit=limit
        )
        response = jsonify(items=[_shown(reader, row) for row in rows], next=following)
    link_next(response, following)
    return response


def _shown(reader: Reader, row: SupervisionRecord) -> dict[str, Any]:
    case = row.case
    return {
        "id": str(row.id),
        "number": row.number,
        "rule": row.rule,
        "light": row.light.value,
        "case": {
            "id": str(case.id),
            "number": case.number,
            "item": item_ref(reader, case),
            "subject_name": case.subject_name,
            "state": case.state.value,
            "state_name": state_name(case, reader.context.resources.get(Catalogue).of(case)).to_dict(),
        },
        "clock": row.clock,
        "clock_name": row.clock_name,
        "department": row.department,
        "organisation": row.organisation,
        "due_on": row.due_on.isoformat(),
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "occurred_at": row.occurred_at.isoformat(),
        "issued_at": row.issued_at.isoformat(),
        "content": row.content,
        "result": row.result,
    }
