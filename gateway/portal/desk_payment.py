"""Payment (拨付): the record of the department that pays what was granted."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.portal.applications import answered_sections
from gateway.portal.context import Json
from gateway.portal.desk_access import desk_only
from gateway.portal.desk_actions import INVALID, Answer, named, no_longer, refused, sentences, version_seen
from gateway.portal.desk_case import head_of, live_task
from gateway.portal.fields import Field
from gateway.portal.money import fen_of
from gateway.portal.services import RefusedError, act, load_case, load_item_of

pages = Blueprint("desk_payment", __name__)

_VERB = "record-payment"
_FIELDS = ("amount", "paid_on", "voucher")
_LABELS = {
    "/amount_fen": _l("Amount paid, in yuan"),
    "/paid_on": _l("Paid on"),
    "/voucher": _l("Number of the voucher"),
}
_PLACES = {"/amount_fen": "amount", "/paid_on": "paid-on", "/voucher": "voucher"}
_ACCOUNT = "account"
"""The section of the form with the bank account."""


@pages.get("/desk/cases/<uuid:case_id>/payment")
@desk_only
def show(case_id: UUID) -> Answer:
    """What was granted, the account, and the form."""
    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return redirect(url_for("portal.desk_case.show", case_id=case_id), code=303)
    return _page(case, dict.fromkeys(_FIELDS, ""), [])


def _page(case: Json, typed: dict[str, str], errors: list[Json], stale: bool = False) -> str:
    wrong, lines = sentences(named(errors, _LABELS), _PLACES)
    return render_template(
        "portal/desk/payment.html",
        **head_of(case, live_task(case["id"])),
        account=_account(case),
        typed=typed,
        wrong=wrong,
        errors=lines,
        stale=stale,
        version=version_seen(case["version"], stale),
        idempotency_key=str(uuid4()),
    )


def _account(case: Json) -> list[Field]:
    """The bank account that the applicant has named."""
    sections = answered_sections(case, load_item_of(case))
    return next((fields for section, fields in sections if section["key"] == _ACCOUNT), [])


@pages.post("/desk/cases/<uuid:case_id>/payment")
@desk_only
def record(case_id: UUID) -> Answer:
    """Keep the record of the payment."""
    typed = {name: request.form.get(name, "").strip() for name in _FIELDS}

    def again(case: Json, errors: list[Json], stale: bool) -> str:
        return _page(case, typed, errors, stale)

    case = load_case(str(case_id))
    if _VERB not in case["actions"]:
        return no_longer(case)
    amount = fen_of(typed["amount"])
    if amount is None or amount == 0:
        message = _("Enter the amount in yuan, with at most two decimals")
        return again(case, [{"pointer": "/amount_fen", "message": message}], False), INVALID
    body: Json = {"amount_fen": amount, "voucher": typed["voucher"]}
    if typed["paid_on"]:
        body["paid_on"] = typed["paid_on"]
    try:
        act(str(case_id), _VERB, body)
    except RefusedError as refusal:
        return refused(refusal, str(case_id), _VERB, again)
    return redirect(url_for("portal.desk_case.show", case_id=case_id, tab="history", done="paid"), code=303)
