"""Reading cases over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from flask_smorest import Blueprint

from approvals.casefile import history
from approvals.casefile.opening import reading
from approvals.casefile.queries import list_cases
from approvals.casefile.view import Reader, case_summary, case_view
from approvals.cases import policy
from approvals.cases.model import Case, Slip
from approvals.cases.schemas import CaseListArgs, CaseOut, CasePage, Rows
from approvals.certificates.licences import licence_pdf
from approvals.certificates.queries import of_case
from approvals.documents.issuing import slip_pdf
from approvals.items.catalogue import Catalogue
from shared.auditing import queries as trail
from shared.auditing.policy import require_reader
from shared.auditing.schemas import AuditPage
from shared.errors import NotFound
from shared.http.command import Reply, json_response
from shared.http.files import file_response
from shared.http.paging import PageArgs, link_next

blueprint = Blueprint("casefile", __name__, description="Cases (办件)")


def _found(reader: Reader, case_id: UUID) -> Case:
    return policy.find(reader.session, reader.actor, case_id)


@blueprint.get("/cases")
@blueprint.arguments(CaseListArgs, location="query")
@blueprint.response(200, CasePage)
def get_cases(args: dict[str, Any]) -> Response:
    """List the cases you may see, newest first."""
    with reading() as reader:
        cases, following = list_cases(
            reader.session, reader.actor, state=args["state"], cursor=args["cursor"], limit=args["limit"]
        )
        response = jsonify(items=[case_summary(reader, case) for case in cases], next=following)
    link_next(response, following)
    return response


@blueprint.get("/cases/<uuid:case_id>")
@blueprint.response(200, CaseOut)
def get_case(case_id: UUID) -> Response:
    """Read one case; its ETag is what the verbs ask for in If-Match."""
    with reading() as reader:
        case = _found(reader, case_id)
        return json_response(Reply(case_view(reader, case), version=case.version))


@blueprint.get("/cases/<uuid:case_id>/timeline")
@blueprint.response(200, Rows)
def get_timeline(case_id: UUID) -> Response:
    """What has happened to the case, with the national event codes."""
    with reading() as reader:
        return jsonify(history.timeline(_found(reader, case_id)))


@blueprint.get("/cases/<uuid:case_id>/audit")
@blueprint.doc(security=[{"token": []}])
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, AuditPage)
@blueprint.alt_response(401, "UNAUTHORIZED")
@blueprint.alt_response(403, "FORBIDDEN")
@blueprint.alt_response(404, "NOT_FOUND")
def get_audit_trail(args: dict[str, Any], case_id: UUID) -> Response:
    """Every act on the case, newest first: who, for whom, from where. For auditors and administrators."""
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
@blueprint.response(200)
def get_deadline(case_id: UUID) -> Response:
    """Why each date is what it is, line by line."""
    with reading() as reader:
        case = _found(reader, case_id)
        item = reader.context.resources.get(Catalogue).of(case)
        return jsonify(history.deadline(reader, case, item))


@blueprint.get("/cases/<uuid:case_id>/slips")
@blueprint.response(200, Rows)
def get_slips(case_id: UUID) -> Response:
    """The official slips issued on the case."""
    with reading() as reader:
        return jsonify(history.slips(reader, _found(reader, case_id)))


@blueprint.get("/cases/<uuid:case_id>/slips/<uuid:slip_id>")
@blueprint.response(200, content_type="application/pdf")
def get_slip(case_id: UUID, slip_id: UUID) -> Response:
    """One slip as PDF."""
    with reading() as reader:
        case = _found(reader, case_id)
        slip = reader.session.get(Slip, slip_id)
        if slip is None or slip.case_id != case.id:
            raise NotFound
    return file_response(slip_pdf(reader.context, slip), "application/pdf", f"{slip.number}.pdf")


@blueprint.get("/cases/<uuid:case_id>/certificate")
@blueprint.response(200, content_type="application/pdf")
def get_certificate(case_id: UUID) -> Response:
    """The certificate that was issued, as PDF."""
    with reading() as reader:
        case = _found(reader, case_id)
        certificate = of_case(reader.session, case.id)
        if certificate is None:
            raise NotFound
    pdf = licence_pdf(certificate)
    return file_response(pdf, "application/pdf", f"{certificate.holder_code}.pdf")
