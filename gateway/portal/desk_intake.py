"""The window's verbs: accepting an application (受理), and refusing intake (不受理, 不予受理)."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.portal.context import Json
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import INVALID, Answer, no_longer, refused, sentences, version_seen
from gateway.portal.desk_case import head_of, live_task
from gateway.portal.services import RefusedError, act, load_case, load_item_of

pages = Blueprint("desk_intake", __name__)


@pages.get("/desk/cases/<uuid:case_id>/accept")
@desk_only
def accept(case_id: UUID) -> Answer:
    """Ask once more, with what was handed in at a glance."""
    case = load_case(str(case_id))
    if "accept" not in case["actions"]:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _accept_page(case)


def _accept_page(case: Json, stale: bool = False) -> str:
    wanting = [each for each in case["materials"] if each["required"] and not each["uploaded"]]
    return render_template(
        "portal/desk/accept.html",
        **head_of(case, live_task(case["id"])),
        item=load_item_of(case),
        missing=[each for each in wanting if not each["deferred"]],
        with_gaps=any(each["deferred"] for each in case["materials"]),
        unfinished=[each for each in case["sections"] if each["status"] != "complete"],
        stale=stale,
        version=version_seen(case["version"], stale),
        idempotency_key=str(uuid4()),
    )


@pages.post("/desk/cases/<uuid:case_id>/accept")
@desk_only
def accept_post(case_id: UUID) -> Answer:
    """Accept the application; the decision clocks start."""
    try:
        act(str(case_id), "accept", {"with_gaps": request.form.get("with_gaps") == "true"})
    except RefusedError as refusal:
        return refused(
            refusal, str(case_id), "accept", lambda case, _errors, stale: _accept_page(case, stale)
        )
    return redirect(url_for("portal.desk_case.show", case_id=case_id, done="accepted"), code=303)


@pages.get("/desk/cases/<uuid:case_id>/decline")
@desk_only
def decline(case_id: UUID) -> Answer:
    """The form for refusing intake."""
    case = load_case(str(case_id))
    if "decline" not in case["actions"]:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _decline_page(case, "", "", [])


def _decline_page(case: Json, ground: str, reason: str, errors: list[Json], stale: bool = False) -> str:
    grounds = load_item_of(case)["decline_grounds"]
    wrong, lines = sentences(errors, {"/ground": "ground-0", "/kind": "ground-0", "/reason": "reason"})
    return render_template(
        "portal/desk/decline.html",
        **head_of(case, live_task(case["id"])),
        grounds=grounds,
        ground=ground,
        reason=reason,
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        idempotency_key=str(uuid4()),
    )


@pages.post("/desk/cases/<uuid:case_id>/decline")
@desk_only
def decline_post(case_id: UUID) -> Answer:
    """Refuse intake; which of the two kinds it is follows from the ground."""
    ground, reason = request.form.get("ground", ""), request.form.get("reason", "").strip()

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _decline_page(case, ground, reason, errors, stale)

    case = load_case(str(case_id))
    if "decline" not in case["actions"]:
        return no_longer(case)
    kinds = {each["key"]: each["kind"] for each in load_item_of(case)["decline_grounds"]}
    errors = []
    if ground not in kinds:
        errors.append({"pointer": "/ground", "message": _("Choose the ground")})
    if not reason:
        errors.append({"pointer": "/reason", "message": _("Write the reason")})
    if errors:
        return again(case, errors, False), INVALID
    try:
        act(str(case_id), "decline", {"kind": kinds[ground], "ground": ground, "reason": reason})
    except RefusedError as refusal:
        return refused(refusal, str(case_id), "decline", again)
    return redirect(url_for("portal.desk_case.show", case_id=case_id, done="declined"), code=303)
