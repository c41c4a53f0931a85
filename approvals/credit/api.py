"""Credit records over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from approvals.cases.refusals import ALREADY_REPAIRED
from approvals.credit import commands, queries
from approvals.credit.policy import require_keeper
from approvals.credit.schemas import CreditListArgs, CreditPage, CreditRecordOut, EnterCredit, RepairCredit
from approvals.credit.view import named_subject, record_view
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, LOCATION, Blueprint
from shared.http.etag import require_version
from shared.http.paging import link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint(
    "credit",
    __name__,
    description="Credit records (失信记录、信用修复)",
    path_parameters={"record_id": ("Id of the record", "01a21874-5357-7578-8fd1-ca12239f8640")},
)


@blueprint.get("/credit-records")
@blueprint.arguments(CreditListArgs, location="query")
@blueprint.response(200, CreditPage)
def get_credit_records(args: dict[str, Any]) -> Response:
    """List the records you may see, newest first.

    Your own and your organisations'; managers, administrators and auditors see all.
    """
    actor = current_actor()
    with current_runtime().read() as session:
        records, following = queries.list_records(session, actor, **args)
        response = jsonify(items=[record_view(actor, record) for record in records], next=following)
    link_next(response, following)
    return response


@blueprint.get("/credit-records/<uuid:record_id>")
@blueprint.response(200, CreditRecordOut, headers=ETAG)
def get_credit_record(record_id: UUID) -> Response:
    """Read one record.

    For those who may see it; its `ETag` is what `repair` asks for.
    """
    actor = current_actor()
    with current_runtime().read() as session:
        record = queries.find(session, actor, record_id)
        return json_response(Reply(record_view(actor, record), version=record.version))


@blueprint.post("/credit-records")
@blueprint.arguments(EnterCredit)
@blueprint.response(201, CreditRecordOut, headers=ETAG | LOCATION)
@refuses(FORBIDDEN)
@command
def enter_credit_record(tx: Transaction, data: dict[str, Any]) -> Reply:
    """Enter a record that was made elsewhere.

    For managers and administrators. A natural person is named by the number of a case they applied for.
    Until the record is repaired its subject may not promise.
    """
    require_keeper(tx.actor)
    subject = named_subject(tx.session, uscc=data["uscc"], case_number=data["case_number"], name=data["name"])
    record = commands.enter(tx, subject, source=data["source"], reason=data["reason"], since=data["since"])
    location = f"/api/v1/{tx.context.service}/credit-records/{record.id}"
    return Reply(
        record_view(tx.actor, record), status=201, version=record.version, headers={"Location": location}
    )


@blueprint.post("/credit-records/<uuid:record_id>/repair")
@blueprint.arguments(RepairCredit)
@blueprint.response(200, CreditRecordOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, ALREADY_REPAIRED)
@command
def repair_credit_record(tx: Transaction, data: dict[str, Any], record_id: UUID) -> Reply:
    """Repair a record (信用修复): it keeps its subject from nothing any more.

    For managers and administrators, with the reason; once.
    """
    record = queries.find(tx.session, tx.actor, record_id, lock=True)
    require_keeper(tx.actor)
    require_version(record.version)
    commands.repair(tx, record, reason=data["reason"])
    tx.session.flush()
    return Reply(record_view(tx.actor, record), version=record.version)
