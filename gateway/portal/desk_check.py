"""The later check (核查) of what was promised: kept, to be corrected, or broken."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.portal.context import Json
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import (
    INVALID,
    Answer,
    moved_on,
    named,
    no_longer,
    refused,
    sentences,
    version_seen,
)
from gateway.portal.desk_case import head_of, live_task
from gateway.portal.route import promise_in
from gateway.portal.services import RefusedError, act, load_case, load_item_of, problem_sentence

pages = Blueprint("desk_check", __name__)

_VERB = "record-check"
_CONFLICT = 409
_CHOICES = {"kept": True, "not-kept": False}
_PLACES = {"/fulfilled": "choice-kept", "/findings": "findings", "/correct_by": "correct-by"}
_LABELS = {"/correct_by": _l("To be corrected by")}


@pages.get("/desk/cases/<uuid:case_id>/check")
@desk_only
def show(case_id: UUID) -> Answer:
    """What was promised, and the form for what was found."""
    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _page(case, {"choice": "", "findings": "", "correct_by": ""}, [])


@pages.post("/desk/cases/<uuid:case_id>/check")
@desk_only
def record(case_id: UUID) -> Answer:
    """Keep what was found."""
    typed = {name: request.form.get(name, "").strip() for name in ("choice", "findings", "correct_by")}

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _page(case, typed, errors, stale)

    if typed["choice"] not in _CHOICES:
        case = load_case(str(case_id))
        if _VERB not in case["actions"]:
            return no_longer(case)
        missing = [{"pointer": "/fulfilled", "message": _("Choose whether the promise is kept")}]
        return again(case, missing, False), INVALID
    fulfilled = _CHOICES[typed["choice"]]
    body: Json = {"fulfilled": fulfilled, "findings": typed["findings"]}
    if typed["correct_by"] and not fulfilled:
        body["correct_by"] = typed["correct_by"]
    try:
        act(str(case_id), _VERB, body)
    except RefusedError as refusal:
        if refusal.status == _CONFLICT and refusal.slug == "correction-running":
            sentence = [{"pointer": "/fulfilled", "message": problem_sentence(refusal.problem)}]
            return again(load_case(str(case_id)), sentence, False), _CONFLICT
        if refusal.status == _CONFLICT:
            return moved_on(refusal, str(case_id))
        return refused(refusal, str(case_id), _VERB, again)
    done = f"check-{typed['choice']}"
    return redirect(url_for("portal.desk_case.show", case_id=case_id, tab="opinions", done=done), code=303)


def _page(case: Json, typed: dict[str, str], errors: list[Json], stale: bool = False) -> str:
    wrong, lines = sentences(named(errors, _LABELS), _PLACES)
    return render_template(
        "portal/desk/check.html",
        **head_of(case, live_task(case["id"])),
        promise=promise_in(load_item_of(case)),
        second=case["promise"]["state"] == "correcting",
        typed=typed,
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        idempotency_key=str(uuid4()),
    )
