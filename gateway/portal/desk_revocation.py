"""Revoking what was granted (撤销许可): proposing it, taking it back, deciding on it."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.portal.context import Json
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import INVALID, Answer, no_longer, refused, sentences, version_seen
from gateway.portal.desk_case import head_of, live_task
from gateway.portal.services import ENTERPRISE, RefusedError, act, load, load_case

pages = Blueprint("desk_revocation", __name__)

_PROPOSE, _DECIDE, _WITHDRAW = "propose-revocation", "decide-revocation", "withdraw-revocation"
_CHOICES = {"revoke": True, "drop": False}


def _back(case_id: UUID | str, done: str | None = None, tab: str | None = None) -> Answer:
    return redirect(url_for("portal.desk_case.show", case_id=case_id, done=done, tab=tab), code=303)


@pages.get("/desk/cases/<uuid:case_id>/revocation")
@desk_only
def show(case_id: UUID) -> Answer:
    """The form that proposes a revocation."""
    case = load_case(str(case_id))
    return _propose_page(case, {}, []) if _PROPOSE in case["actions"] else _back(case_id)


def _propose_page(case: Json, typed: dict[str, str], errors: list[Json], stale: bool = False) -> str:
    grounds = load(ENTERPRISE, "/revocation-grounds")
    first = f"ground-{grounds['items'][0]['key']}"
    wrong, lines = sentences(errors, {"/ground": first, "/facts": "facts"})
    return render_template(
        "portal/desk/revocation.html",
        **head_of(case, live_task(case["id"])),
        grounds=grounds,
        typed=typed,
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        idempotency_key=str(uuid4()),
    )


@pages.post("/desk/cases/<uuid:case_id>/revocation")
@desk_only
def propose(case_id: UUID) -> Answer:
    """Propose it; the holder is told, and the decision goes on the approvers' queue."""
    typed = {name: request.form.get(name, "").strip() for name in ("ground", "facts")}

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _propose_page(case, typed, errors, stale)

    if not typed["ground"]:
        case = load_case(str(case_id))
        if _PROPOSE not in case["actions"]:
            return no_longer(case)
        return again(case, [{"pointer": "/ground", "message": _("Choose the ground")}], False), INVALID
    try:
        act(str(case_id), _PROPOSE, typed)
    except RefusedError as refusal:
        return refused(refusal, str(case_id), _PROPOSE, again)
    return _back(case_id, "revocation-proposed", "opinions")


@pages.get("/desk/cases/<uuid:case_id>/revocation/decide")
@desk_only
def weigh(case_id: UUID) -> Answer:
    """Facts, ground and the holder's statement, and the form that decides."""
    case = load_case(str(case_id))
    return _decide_page(case, {}, []) if _DECIDE in case["actions"] else _back(case_id)


def _decide_page(case: Json, typed: dict[str, str], errors: list[Json], stale: bool = False) -> str:
    reasons = case["revocation"]["may_be_dropped_for"]
    places = {
        "/revoked": "choice-revoke",
        "/reason": "reason",
        "/dropped_for": f"dropped_for-{reasons[0]['key']}",
    }
    wrong, lines = sentences(errors, places)
    return render_template(
        "portal/desk/revocation_decide.html",
        **head_of(case, live_task(case["id"])),
        typed=typed,
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        idempotency_key=str(uuid4()),
    )


@pages.post("/desk/cases/<uuid:case_id>/revocation/decide")
@desk_only
def decide(case_id: UUID) -> Answer:
    """Revoke, or drop the proposal with the reason why."""
    names = ("choice", "reason", "dropped_for")
    typed = {name: request.form.get(name, "").strip() for name in names}

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _decide_page(case, typed, errors, stale)

    revoked = _CHOICES.get(typed["choice"])
    if revoked is None:
        case = load_case(str(case_id))
        if _DECIDE not in case["actions"]:
            return no_longer(case)
        missing = [{"pointer": "/revoked", "message": _("Choose whether it is revoked")}]
        return again(case, missing, False), INVALID
    body = {"revoked": revoked, "reason": typed["reason"], "dropped_for": typed["dropped_for"] or None}
    try:
        act(str(case_id), _DECIDE, body)
    except RefusedError as refusal:
        return refused(refusal, str(case_id), _DECIDE, again)
    return _back(case_id, f"revocation-{typed['choice']}", "opinions")


@pages.get("/desk/cases/<uuid:case_id>/revocation/withdraw")
@desk_only
def reconsider(case_id: UUID) -> Answer:
    """The form that takes a proposal back."""
    case = load_case(str(case_id))
    return _withdraw_page(case, "", []) if _WITHDRAW in case["actions"] else _back(case_id)


def _withdraw_page(case: Json, reason: str, errors: list[Json], stale: bool = False) -> str:
    wrong, lines = sentences(errors, {"/reason": "reason"})
    return render_template(
        "portal/desk/revocation_withdraw.html",
        **head_of(case, live_task(case["id"])),
        reason=reason,
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        idempotency_key=str(uuid4()),
    )


@pages.post("/desk/cases/<uuid:case_id>/revocation/withdraw")
@desk_only
def withdraw(case_id: UUID) -> Answer:
    """Take the proposal back; the holder is told why."""
    reason = request.form.get("reason", "").strip()

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _withdraw_page(case, reason, errors, stale)

    try:
        act(str(case_id), _WITHDRAW, {"reason": reason})
    except RefusedError as refusal:
        return refused(refusal, str(case_id), _WITHDRAW, again)
    return _back(case_id, "revocation-withdrawn", "opinions")
