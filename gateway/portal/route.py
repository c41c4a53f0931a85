"""Choosing the way of filing: examined first, or on a written promise that is checked later."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.context import Json
from gateway.portal.fields import ErrorLine
from gateway.portal.services import RefusedError, act, load_case, load_whole_item_of, problem_sentence

pages = Blueprint("route", __name__)

Answer = str | Response | tuple[str, int]

_INVALID = 422
_MOVED_ON = {409, 412}


@pages.get("/applications/<uuid:case_id>/route")
@signed_in_only
def show(case_id: UUID) -> Answer:
    """Both ways in plain words, the present one chosen."""
    case = load_case(str(case_id))
    if "choose-route" not in case["actions"]:
        return redirect(url_for("portal.applications.show", case_id=case_id), code=303)
    return _page(case, case["route"], "")


@pages.post("/applications/<uuid:case_id>/route")
@signed_in_only
def choose(case_id: UUID) -> Answer:
    """Go the way chosen, or say why not."""
    chosen = request.form.get("route", "")
    case = load_case(str(case_id))
    if "choose-route" not in case["actions"]:
        return redirect(url_for("portal.applications.show", case_id=case_id), code=303)
    if chosen not in case["routes"]:
        return _page(case, chosen, _("Choose a way of applying")), _INVALID
    try:
        act(str(case_id), "choose-route", {"route": chosen})
    except RefusedError as refusal:
        if refusal.status not in _MOVED_ON:
            raise
        return _page(load_case(str(case_id)), chosen, problem_sentence(refusal.problem)), refusal.status
    return redirect(url_for("portal.applications.show", case_id=case_id, chosen="yes"), code=303)


def _page(case: Json, chosen: str, error: str) -> str:
    item = load_whole_item_of(case)
    return render_template(
        "portal/route.html",
        case=case,
        item=item,
        promise=promise_in(item),
        chosen=chosen,
        error=error,
        errors=[ErrorLine(error, "#route-ordinary")] if error else [],
        idempotency_key=str(uuid4()),
    )


def promise_in(item: Json) -> Json | None:
    """What the item says of the way on a written promise."""
    return next((reform["promise"] for reform in item["reforms"] if reform["promise"]), None)
