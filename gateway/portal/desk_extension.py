"""Extensions (延长审批期限): asking for more time, and approving it for somebody else."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.portal.context import Json
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import INVALID, Answer, no_longer, refused, sentences, version_seen
from gateway.portal.desk_case import head_of, live_task
from gateway.portal.services import ENTERPRISE, RefusedError, act, case_path, load, load_case, load_item_of

pages = Blueprint("desk_extension", __name__)

_REQUEST, _DECIDE = "request-extension", "decide-extension"
_CHOICES = {"approve": True, "refuse": False}


@pages.get("/desk/cases/<uuid:case_id>/extension")
@desk_only
def show(case_id: UUID) -> Answer:
    """The form that asks for an extension."""
    case = load_case(str(case_id))
    if _REQUEST not in case["actions"]:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _request_page(case, "", [])


def _request_page(case: Json, reason: str, errors: list[Json], stale: bool = False) -> str:
    wrong, lines = sentences(errors, {"/reason": "reason"})
    return render_template(
        "portal/desk/extension.html",
        **head_of(case, live_task(case["id"])),
        item=load_item_of(case),
        statutory=_statutory(case),
        reason=reason,
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        idempotency_key=str(uuid4()),
    )


def _statutory(case: Json) -> Json | None:
    clocks = load(ENTERPRISE, case_path(case["id"], "deadline"))["clocks"]
    return next((each for each in clocks if each["kind"] == "statutory"), None)


@pages.post("/desk/cases/<uuid:case_id>/extension")
@desk_only
def ask(case_id: UUID) -> Answer:
    """Ask for the extension; it goes on the approvers' queue."""
    reason = request.form.get("reason", "").strip()

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _request_page(case, reason, errors, stale)

    try:
        act(str(case_id), _REQUEST, {"reason": reason})
    except RefusedError as refusal:
        return refused(refusal, str(case_id), _REQUEST, again)
    return redirect(url_for("portal.desk_case.show", case_id=case_id, done="extension-asked"), code=303)


@pages.get("/desk/cases/<uuid:case_id>/extension/decide")
@desk_only
def weigh(case_id: UUID) -> Answer:
    """The request with its reasons, and the form that answers it."""
    case = load_case(str(case_id))
    if _DECIDE not in case["actions"]:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _decide_page(case, "", "", [])


def _decide_page(case: Json, choice: str, note: str, errors: list[Json], stale: bool = False) -> str:
    wrong, lines = sentences(errors, {"/approved": "choice-approve", "/note": "note"})
    return render_template(
        "portal/desk/extension_decide.html",
        **head_of(case, live_task(case["id"])),
        statutory=_statutory(case),
        choice=choice,
        note=note,
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        idempotency_key=str(uuid4()),
    )


@pages.post("/desk/cases/<uuid:case_id>/extension/decide")
@desk_only
def decide(case_id: UUID) -> Answer:
    """Approve the extension, or refuse it with a note."""
    choice, note = request.form.get("choice", ""), request.form.get("note", "").strip()

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _decide_page(case, choice, note, errors, stale)

    if choice not in _CHOICES:
        case = load_case(str(case_id))
        if _DECIDE not in case["actions"]:
            return no_longer(case)
        missing = [{"pointer": "/approved", "message": _("Choose whether to approve or to refuse")}]
        return again(case, missing, False), INVALID
    try:
        act(str(case_id), _DECIDE, {"approved": _CHOICES[choice], "note": note})
    except RefusedError as refusal:
        return refused(refusal, str(case_id), _DECIDE, again)
    done = f"extension-{choice}"
    return redirect(url_for("portal.desk_case.show", case_id=case_id, tab="deadline", done=done), code=303)
