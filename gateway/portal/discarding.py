"""Throwing a draft away: asked once more, and harmless when asked twice."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.context import current_client
from gateway.portal.services import ENTERPRISE, RefusedError, case_path, load_case, seen_version

pages = Blueprint("discarding", __name__)

Answer = str | Response | tuple[str, int]

_GONE = 404
_CONFLICT = 409
_STALE = 412


@pages.get("/applications/<uuid:case_id>/discard")
@signed_in_only
def ask(case_id: UUID) -> Answer:
    """Ask once more before a draft is thrown away; there may be none any more."""
    return _page(str(case_id), 200)


@pages.post("/applications/<uuid:case_id>/discard")
@signed_in_only
def discard(case_id: UUID) -> Answer:
    """Throw the draft away, as its reader last saw it."""
    response = current_client().delete(ENTERPRISE, case_path(str(case_id)), headers=seen_version())
    if response.ok:
        return _back("now")
    if response.status == _GONE:
        return _back("before")  # a second click, or another window was faster
    if response.status in (_CONFLICT, _STALE):
        return _page(str(case_id), response.status)
    raise RefusedError(response)


def _page(case_id: str, status: int) -> Answer:
    try:
        case = load_case(case_id)
    except RefusedError as refusal:
        if refusal.status != _GONE:
            raise
        return _back("before")
    return render_template("portal/discard.html", case=case, stale=status == _STALE), status


def _back(discarded: str) -> Response:
    return redirect(url_for("portal.applications.mine", discarded=discarded), code=303)
