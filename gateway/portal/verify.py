"""The public page on which anybody can check a certificate."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.portal.fields import ErrorLine
from gateway.portal.services import ENTERPRISE, RefusedError, load, path_of

pages = Blueprint("verify", __name__)

_NOT_FOUND = 404
_UNKNOWN = ("not_found", "malformed")


@pages.get("/verify")
def ask() -> str | Response | tuple[str, int]:
    """The form for the certificate's identifier; a filled-in one leads to the page of the certificate."""
    if "certificate_id" not in request.args:
        return render_template("portal/verify.html", errors=[])
    wanted = "".join(request.args["certificate_id"].split())
    if not wanted:
        errors = [ErrorLine(_("Enter the identifier of the certificate"), "#certificate_id")]
        return render_template("portal/verify.html", errors=errors), 422
    return redirect(url_for("portal.verify.result", certificate_id=wanted), code=303)


@pages.get("/verify/<certificate_id>")
def result(certificate_id: str) -> str | tuple[str, int]:
    """Whether the certificate is valid, revoked, unknown or no identifier at all, and what it says."""
    try:
        found = load(ENTERPRISE, path_of("verify", certificate_id))
    except RefusedError as refusal:
        if refusal.status != _NOT_FOUND:
            raise
        found = {"certificate_id": certificate_id, "valid": False, "status": "malformed"}
    page = render_template("portal/verify_result.html", found=found)
    return (page, _NOT_FOUND) if found["status"] in _UNKNOWN else page
