"""Hand-overs over HTTP: followed by officials, retried by the manager, pushed to from outside."""

from typing import Any
from uuid import UUID

from flask import Response, g, jsonify, request

from approvals.casefile.opening import opened, reading, reply_with_case
from approvals.casefile.progress import handover_view
from approvals.casefile.view import case_summary
from approvals.cases import policy
from approvals.cases.refusals import HANDOVER_NOT_STUCK
from approvals.cases.schemas import PLACES, CaseOut, Nothing
from approvals.documents.issued_outside import fetched
from approvals.handovers import commands as handovers
from approvals.handovers.port import Connections
from approvals.handovers.wire import ReportSchema, report_of
from approvals.tracking.commands import take_report
from approvals.tracking.policy import SIGNATURE, require_follower, require_signature
from approvals.tracking.queries import list_handovers, stuck
from approvals.tracking.schemas import HandoverListArgs, HandoverPage, ReportTaken
from shared.actor import SYSTEM
from shared.errors import FieldError, InvalidInput, NotFound
from shared.http.command import Reply, command
from shared.http.contract import guarded, public, refuses
from shared.http.description import CONTENT, ETAG, FILE, Blueprint
from shared.http.files import file_response
from shared.http.paging import link_next
from shared.http.state import current_runtime
from shared.refusals import FORBIDDEN, UNAUTHENTICATED
from shared.text import Text
from shared.transaction import Transaction

blueprint = Blueprint("handovers", __name__, description="Hand-overs (转办)", path_parameters=PLACES)


@blueprint.get("/handovers")
@blueprint.arguments(HandoverListArgs, location="query")
@blueprint.response(200, HandoverPage)
@refuses(FORBIDDEN)
def get_handovers(args: dict[str, Any]) -> Response:
    """List the cases that another authority executes in its own system, the newest first.

    For officials: those of their department; managers, administrators and auditors see all.
    """
    with reading() as reader:
        require_follower(reader.actor)
        cases, following = list_handovers(
            reader.session, reader.actor, state=args["state"], cursor=args["cursor"], limit=args["limit"]
        )
        items = [
            {
                **case_summary(reader, case),
                "handover": handover_view(reader.session, reader.context.service, case, for_applicant=False),
            }
            for case in cases
        ]
        response = jsonify(items=items, stuck=stuck(reader.session, reader.actor), next=following)
    link_next(response, following)
    return response


@blueprint.post("/cases/<uuid:case_id>/retry-handover")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, CaseOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, HANDOVER_NOT_STUCK)
@command
def retry_handover(tx: Transaction, _data: dict[str, Any], case_id: UUID) -> Reply:
    """Go on with a hand-over that is stuck, after somebody has seen to it.

    For the park's manager. What waits is sent again under the same reference, and the system is asked anew.
    """
    case, _item = opened(tx, case_id)
    handovers.retry(tx, case)
    return reply_with_case(tx, case)


@blueprint.get("/cases/<uuid:case_id>/outside-documents/<uuid:document_id>")
@blueprint.response(200, content_type="application/pdf", schema=CONTENT, headers=FILE)
@blueprint.response(200, content_type="image/jpeg", schema=CONTENT)
@blueprint.response(200, content_type="image/png", schema=CONTENT)
def get_outside_document(case_id: UUID, document_id: UUID) -> Response:
    """A document that the authority has issued in its own system.

    404 until it has been fetched from there.
    """
    with reading() as reader:
        case = policy.find(reader.session, reader.actor, case_id)
        row = fetched(reader.session, case.id, document_id)
    return file_response(reader.context.blobs.get(row.sha256), row.media_type, row.name)


@blueprint.post("/handovers/<uuid:reference>/reports")
@blueprint.arguments(ReportSchema)
@blueprint.response(200, ReportTaken)
@public
@refuses(UNAUTHENTICATED)
def push_report(data: dict[str, Any], reference: UUID) -> Response:
    """For the authority's system: say what has happened so far, rather than wait to be asked.

    Signed: the header `Handover-Signature` is the HMAC-SHA256 of the body, in hex, by the shared secret. It
    may be repeated; what is known already changes nothing.
    """
    runtime = current_runtime()
    connections = runtime.context.resources.get(Connections)
    require_signature(connections, request.get_data(), request.headers.get(SIGNATURE, ""))
    if data["reference"] != str(reference):
        said = Text("与地址中的编号不一致", "Not the reference in the address")
        raise InvalidInput(errors=[FieldError("/reference", "mismatch", said)])
    with runtime.transaction(SYSTEM, request_id=g.get("request_id")) as tx:
        found = handovers.locked(tx.session, reference)
        if found is None:
            raise NotFound
        case, handover = found
        take_report(tx, case, handover, report_of(data))
        return jsonify(steps_taken=handover.steps_taken)
