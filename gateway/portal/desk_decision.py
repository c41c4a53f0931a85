"""The approver's decision (决定): granting, or refusing with reasons."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.portal.applications import answered_sections
from gateway.portal.context import Json
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import INVALID, Answer, no_longer, refused, sentences, version_seen
from gateway.portal.desk_case import VERB_FORM, head_of, live_task, viewer_of
from gateway.portal.services import RefusedError, act, load_case, load_item_of

pages = Blueprint("desk_decision", __name__)

_VERB = "decide"
_CHOICES = {"grant": True, "refuse": False}


@pages.get("/desk/cases/<uuid:case_id>/decide")
@desk_only
def show(case_id: UUID) -> Answer:
    """The opinions, and the form of the decision."""
    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _page(case, "", "", [])


def _page(case: Json, choice: str, reason: str, errors: list[Json], stale: bool = False) -> str:
    item = load_item_of(case)
    wrong, lines = sentences(errors, {"/granted": "choice-grant", "/reason": "reason"})
    return render_template(
        "portal/desk/decide.html",
        **head_of(case, live_task(case["id"])),
        item=item,
        checks={each["key"]: each["text"] for each in item["review_checks"]},
        choice=choice,
        reason=reason,
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        sections=answered_sections(case, item),
        viewer=viewer_of(case, request.values, form=VERB_FORM),
        idempotency_key=str(uuid4()),
    )


@pages.post("/desk/cases/<uuid:case_id>/decide")
@desk_only
def decide(case_id: UUID) -> Answer:
    """Look at another page with everything typed kept, or decide."""
    choice, reason = request.form.get("choice", ""), request.form.get("reason", "").strip()

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _page(case, choice, reason, errors, stale)

    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return no_longer(case)
    if request.form.get("action") != "decide":
        return again(case, [], False)
    if choice not in _CHOICES:
        errors = [{"pointer": "/granted", "message": _("Choose whether to grant or to refuse")}]
        return again(case, errors, False), INVALID
    try:
        act(str(case_id), _VERB, {"granted": _CHOICES[choice], "reason": reason})
    except RefusedError as refusal:
        return refused(refusal, str(case_id), _VERB, again)
    return redirect(url_for("portal.desk_case.show", case_id=case_id, tab="history", done=choice), code=303)
