"""Reading cases over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response, g, jsonify, request

from approvals.casefile import history
from approvals.casefile.opening import reading
from approvals.casefile.queries import list_cases
from approvals.casefile.schemas import DeadlineOut, SlipList, Timeline
from approvals.casefile.view import Reader, case_summary, case_view
from approvals.cases import policy
from approvals.cases.model import Case, Slip
from approvals.cases.schemas import PLACES, CaseListArgs, CaseOut, CasePage
from approvals.certificates.licences import certificate_pdf
from approvals.certificates.queries import of_case
from approvals.delivery.commands import open_here
from approvals.delivery.queries import awaited
from approvals.documents.issuing import slip_pdf
from approvals.items.catalogue import Catalogue
from shared.auditing import queries as trail
from shared.auditing.policy import require_reader
from shared.auditing.schemas import AuditPage
from shared.errors import NotFound
from shared.http.command import Reply, json_response
from shared.http.contract import refuses
from shared.http.description import CONTENT, ETAG, FILE, Blueprint
from shared.http.files import file_response
from shared.http.paging import PageArgs, link_next
from shared.http.state import current_runtime
from shared.refusals import FORBIDDEN

blueprint = Blueprint("casefile", __name__, description="Cases (办件)", path_parameters=PLACES)


def _found(reader: Reader, case_id: UUID) -> Case:
    return policy.find(reader.session, reader.actor, case_id)


@blueprint.get("/cases")
@blueprint.arguments(CaseListArgs, location="query")
@blueprint.response(200, CasePage)
def get_cases(args: dict[str, Any]) -> Response:
    """List the cases you may see, newest first.

    Your own and your organisations'; officials see those of their department, administrators, auditors and
    managers all that were submitted.
    """
    with reading() as reader:
        cases, following = list_cases(
            reader.session, reader.actor, state=args["state"], cursor=args["cursor"], limit=args["limit"]
        )
        response = jsonify(items=[case_summary(reader, case) for case in cases], next=following)
    link_next(response, following)
    return response


@blueprint.get("/cases/<uuid:case_id>")
@blueprint.response(200, CaseOut, headers=ETAG)
def get_case(case_id: UUID) -> Response:
    """Read one case.

    Its `ETag` is what the verbs ask for in `If-Match`; `actions` names the verbs that you may use now. ID
    numbers and phones are masked for whoever does not need them.
    """
    with reading() as reader:
        case = _found(reader, case_id)
        return json_response(Reply(case_view(reader, case), version=case.version))


@blueprint.get("/cases/<uuid:case_id>/timeline")
@blueprint.response(200, Timeline)
def get_timeline(case_id: UUID) -> Response:
    """What has happened to the case, with the national event codes.

    Oldest first. Officials are named by their office.
    """
    with reading() as reader:
        return jsonify(history.timeline(_found(reader, case_id)))


@blueprint.get("/cases/<uuid:case_id>/audit")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, AuditPage)
@refuses(FORBIDDEN)
def get_audit_trail(args: dict[str, Any], case_id: UUID) -> Response:
    """Every act on the case, newest first: who, for whom, from where.

    For administrators and auditors.
    """
    with reading() as reader:
        case = _found(reader, case_id)
        require_reader(reader.actor)
        entries, following = trail.history(
            reader.session, "case", str(case.id), cursor=args["cursor"], limit=args["limit"]
        )
    response = jsonify(AuditPage().dump({"items": entries, "next": following}))
    link_next(response, following)
    return response


@blueprint.get("/cases/<uuid:case_id>/deadline")
@blueprint.response(200, DeadlineOut)
def get_deadline(case_id: UUID) -> Response:
    """Why each date is what it is, line by line.

    Every clock of the case, past ones too.
    """
    with reading() as reader:
        case = _found(reader, case_id)
        item = reader.context.resources.get(Catalogue).of(case)
        return jsonify(history.deadline(reader, case, item))


@blueprint.get("/cases/<uuid:case_id>/slips")
@blueprint.response(200, SlipList)
def get_slips(case_id: UUID) -> Response:
    """The official slips issued on the case.

    Oldest first; each can be read as PDF.
    """
    with reading() as reader:
        return jsonify(history.slips(reader, _found(reader, case_id)))


@blueprint.get("/cases/<uuid:case_id>/slips/<uuid:slip_id>")
@blueprint.response(200, content_type="application/pdf", schema=CONTENT, headers=FILE)
def get_slip(case_id: UUID, slip_id: UUID) -> Response:
    """One slip as PDF; the query code is on the applicant's copy alone.

    Made from facts fixed when it was issued: the same slip always gives the same bytes.
    """
    with reading() as reader:
        case = _found(reader, case_id)
        slip = reader.session.get(Slip, slip_id)
        if slip is None or slip.case_id != case.id:
            raise NotFound
    pdf = slip_pdf(reader.context, slip, with_query_code=policy.is_applicant(reader.actor, case))
    return file_response(pdf, "application/pdf", f"{slip.number}.pdf")


@blueprint.get("/cases/<uuid:case_id>/certificate")
@blueprint.response(200, content_type="application/pdf", schema=CONTENT, headers=FILE)
def get_certificate(case_id: UUID) -> Response:
    """The certificate that was issued, as PDF; the applicant's first opening is its electronic delivery.

    404 while there is none.
    """
    with reading() as reader:
        case = _found(reader, case_id)
        certificate = of_case(reader.session, case.id)
        if certificate is None:
            raise NotFound
        delivers = policy.is_applicant(reader.actor, case) and awaited(reader.session, case) is not None
    pdf = certificate_pdf(certificate)
    if delivers and request.method == "GET":  # HEAD shows nobody anything
        _deliver(reader, case_id)
    return file_response(pdf, "application/pdf", f"{certificate.holder_code}.pdf")


def _deliver(reader: Reader, case_id: UUID) -> None:
    runtime = current_runtime()
    with runtime.transaction(
        reader.actor, request_id=g.get("request_id"), traceparent=g.get("traceparent")
    ) as tx:
        case = policy.find_whole(tx.session, tx.actor, case_id)
        open_here(tx, case, tx.resource(Catalogue).of(case))
