"""The holder's statement (陈述、申辩) against a revocation that is proposed."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.context import Json
from gateway.portal.fields import ErrorLine
from gateway.portal.services import RefusedError, act, load_case

pages = Blueprint("objection", __name__)

Answer = str | Response | tuple[str, int]

_VERB = "state-objection"
_INVALID = 422


@pages.get("/applications/<uuid:case_id>/objection")
@signed_in_only
def show(case_id: UUID) -> Answer:
    """What is intended and why, and the form to answer it."""
    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return redirect(url_for("portal.applications.show", case_id=case_id), code=303)
    return _page(case, "", [])


def _page(case: Json, text: str, errors: list[ErrorLine]) -> str:
    return render_template(
        "portal/objection.html", case=case, text=text, errors=errors, idempotency_key=str(uuid4())
    )


@pages.post("/applications/<uuid:case_id>/objection")
@signed_in_only
def state(case_id: UUID) -> Answer:
    """Hand the statement in."""
    text = request.form.get("text", "").strip()
    try:
        act(str(case_id), _VERB, {"text": text})
    except RefusedError as refusal:
        if refusal.status != _INVALID:
            raise
        errors = [ErrorLine(each["message"], "#text") for each in refusal.errors]
        return _page(load_case(str(case_id)), text, errors), _INVALID
    return redirect(url_for("portal.applications.show", case_id=case_id), code=303)
