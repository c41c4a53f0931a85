"""Moving a draft to the item version in force, from the note on its task list."""

from uuid import UUID

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.services import RefusedError, act

pages = Blueprint("renewal", __name__)

_CONFLICT = 409
_STALE = 412


@pages.post("/applications/<uuid:case_id>/renew-version")
@signed_in_only
def renew(case_id: UUID) -> Response:
    """Move the draft on; whoever was late, by a second click or another window, is shown how it stands."""
    try:
        act(str(case_id), "renew-version", {})
    except RefusedError as refusal:
        if refusal.status not in (_CONFLICT, _STALE):
            raise
        return redirect(url_for("portal.applications.show", case_id=case_id), code=303)
    return redirect(url_for("portal.applications.show", case_id=case_id, renewed="yes"), code=303)
