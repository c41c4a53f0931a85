"""Explaining publicly why an answer is late (公开说明理由)."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for

from gateway.portal.context import Json
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import Answer, refused, sentences, version_seen
from gateway.portal.desk_case import head_of, live_task
from gateway.portal.services import RefusedError, act, load_case

pages = Blueprint("desk_overdue", __name__)

_VERB = "explain-overdue"
_FIELDS = ("reason", "expected_on")
_PLACES = {"/reason": "reason", "/expected_on": "expected-on"}


@pages.get("/desk/cases/<uuid:case_id>/explain")
@desk_only
def show(case_id: UUID) -> Answer:
    """The form that explains a missed limit, or explains it anew."""
    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _page(case, dict.fromkeys(_FIELDS, ""), [])


def _page(case: Json, typed: dict[str, str], errors: list[Json], stale: bool = False) -> str:
    wrong, lines = sentences(errors, _PLACES)
    return render_template(
        "portal/desk/explain.html",
        **head_of(case, live_task(case["id"])),
        typed=typed,
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        idempotency_key=str(uuid4()),
    )


@pages.post("/desk/cases/<uuid:case_id>/explain")
@desk_only
def explain(case_id: UUID) -> Answer:
    """Publish the explanation."""
    typed = {name: request.form.get(name, "").strip() for name in _FIELDS}

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _page(case, typed, errors, stale)

    # What was left empty is absent, so that the service can say that it is required.
    body: Json = {name: value for name, value in typed.items() if value}
    try:
        act(str(case_id), _VERB, body)
    except RefusedError as refusal:
        return refused(refusal, str(case_id), _VERB, again)
    shown = url_for("portal.desk_case.show", case_id=case_id, tab="deadline", done="explained")
    return redirect(shown, code=303)
