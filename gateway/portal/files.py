"""Slips (文书), certificates and the documents of other authorities as downloads."""

from uuid import UUID

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.downloads import passed_on
from gateway.portal.services import ENTERPRISE, case_path, load_case

pages = Blueprint("files", __name__)

_API = "/api/v1/"


@pages.get("/applications/<uuid:case_id>/slips/<slip_id>")
@signed_in_only
def slip(case_id: UUID, slip_id: str) -> Response:
    """One slip of a case as PDF."""
    return passed_on(ENTERPRISE, case_path(str(case_id), "slips", slip_id), inline=True)


@pages.get("/applications/<uuid:case_id>/outside-documents/<uuid:document_id>")
@signed_in_only
def outside(case_id: UUID, document_id: UUID) -> Response:
    """A document that another authority has issued; never shown inside our own pages."""
    path = case_path(str(case_id), "outside-documents", str(document_id))
    return passed_on(ENTERPRISE, path, inline=False)


@pages.get("/applications/<uuid:case_id>/certificate")
@signed_in_only
def certificate(case_id: UUID) -> Response:
    """The certificate that came out of a case, as PDF."""
    found = load_case(str(case_id))["certificate"]
    if not found:
        abort(404)
    service, _, path = found["pdf_url"].removeprefix(_API).partition("/")
    return passed_on(service, path, inline=True, name=f"{found['id']}.pdf")
