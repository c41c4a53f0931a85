"""The approver's decision (决定): granting, or refusing with reasons."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gateway.portal.applications import answered_sections
from gateway.portal.context import Json
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import INVALID, Answer, no_longer, refused, sentences, version_seen
from gateway.portal.desk_case import VERB_FORM, head_of, live_task, viewer_of
from gateway.portal.money import fen_of, yuan_of
from gateway.portal.services import RefusedError, act, load_case, load_item_of

pages = Blueprint("desk_decision", __name__)

_VERB = "decide"
_CHOICES = {"grant": True, "refuse": False}


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed; the amount is asked of funds alone."""

    choice: str
    reason: str
    amount: str


@pages.get("/desk/cases/<uuid:case_id>/decide")
@desk_only
def show(case_id: UUID) -> Answer:
    """The opinions, and the form of the decision."""
    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _page(case, Typed("", "", _asked(case)), [])


def _asked(case: Json) -> str:
    """The amount that was asked for, of an item that pays funds."""
    return yuan_of(case["funding"]["asked_fen"]) if case["funding"] else ""


def _page(case: Json, typed: Typed, errors: list[Json], stale: bool = False) -> str:
    item = load_item_of(case)
    wrong, lines = sentences(
        errors, {"/granted": "choice-grant", "/reason": "reason", "/amount_fen": "amount"}
    )
    return render_template(
        "portal/desk/decide.html",
        **head_of(case, live_task(case["id"])),
        item=item,
        checks={each["key"]: each["text"] for each in item["review_checks"]},
        choice=typed.choice,
        reason=typed.reason,
        amount=typed.amount,
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
    typed = Typed(*(request.form.get(name, "").strip() for name in ("choice", "reason", "amount")))

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _page(case, typed, errors, stale)

    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return no_longer(case)
    if request.form.get("action") != "decide":
        return again(case, [], False)
    if typed.choice not in _CHOICES:
        errors = [{"pointer": "/granted", "message": _("Choose whether to grant or to refuse")}]
        return again(case, errors, False), INVALID
    body: Json = {"granted": _CHOICES[typed.choice], "reason": typed.reason}
    if case["funding"] and body["granted"]:
        body["amount_fen"] = fen_of(typed.amount)
        if not body["amount_fen"]:
            message = _("Enter the amount in yuan, with at most two decimals")
            return again(case, [{"pointer": "/amount_fen", "message": message}], False), INVALID
    try:
        act(str(case_id), _VERB, body)
    except RefusedError as refusal:
        return refused(refusal, str(case_id), _VERB, again)
    return redirect(
        url_for("portal.desk_case.show", case_id=case_id, tab="history", done=typed.choice), code=303
    )
