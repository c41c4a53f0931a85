"""Delivery (送达): the window's record of what it handed over or posted."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from gateway.portal.context import Json
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import Answer, named, refused, sentences, version_seen
from gateway.portal.desk_case import head_of, live_task
from gateway.portal.services import RefusedError, act, load_case

pages = Blueprint("desk_delivery", __name__)

_VERB = "record-delivery"
_FIELDS = ("method", "recipient", "delivered_on", "note")
_LABELS = {
    "/method": _l("How it was delivered"),
    "/recipient": _l("Received by"),
    "/delivered_on": _l("Delivered on"),
    "/note": _l("Note"),
}
_PLACES = {
    "/method": "method-in_person",
    "/recipient": "recipient",
    "/delivered_on": "delivered-on",
    "/note": "note",
}


@pages.get("/desk/cases/<uuid:case_id>/delivery")
@desk_only
def show(case_id: UUID) -> Answer:
    """The form, with the applicant as the recipient."""
    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _page(case, {**dict.fromkeys(_FIELDS, ""), "recipient": case["applicant"]["name"]}, [])


def _page(case: Json, typed: dict[str, str], errors: list[Json], stale: bool = False) -> str:
    wrong, lines = sentences(named(errors, _LABELS), _PLACES)
    return render_template(
        "portal/desk/delivery.html",
        **head_of(case, live_task(case["id"])),
        typed=typed,
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        idempotency_key=str(uuid4()),
    )


@pages.post("/desk/cases/<uuid:case_id>/delivery")
@desk_only
def record(case_id: UUID) -> Answer:
    """Keep the record of delivery (送达回证)."""
    typed = {name: request.form.get(name, "").strip() for name in _FIELDS}

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _page(case, typed, errors, stale)

    # What was left empty is absent: the service says what is required, and today is the day without one.
    body = {name: value for name, value in typed.items() if value}
    try:
        act(str(case_id), _VERB, body)
    except RefusedError as refusal:
        return refused(refusal, str(case_id), _VERB, again)
    return redirect(
        url_for("portal.desk_case.show", case_id=case_id, tab="history", done="delivered"), code=303
    )
