"""Payments of firms and to firms (收付款): those entered last, entering another, taking one back."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, INVALID, Wrong, errors_of, wrong_of
from gateway.portal.context import Json, current_person
from gateway.portal.controls import Control, Option, Typed, read, typed_in
from gateway.portal.machines.access import enters_payments
from gateway.portal.machines.asking import PRODUCTION, send
from gateway.portal.services import answer_of, load, path_of

pages = Blueprint("firm_payments", __name__)

Answer = str | Response | tuple[str, int]

_REFUSED = (INVALID, CONFLICT)
CONTROLS = (
    Control("firm", _l("Credit code of the firm"), most=18),
    Control(
        "direction",
        _l("Which way the money went"),
        "choice",
        options=(
            Option("received", _l("It came from the firm")),
            Option("paid_out", _l("It went to the firm")),
        ),
        blank=_l("Choose which way"),
    ),
    Control("amount_fen", _l("Amount"), "yuan", suffix=_l("yuan")),
    Control("paid_on", _l("Day by the bank's statement"), "day"),
    Control("reference", _l("Reference of the bank"), most=80),
)
REASON = Control("reason", _l("Reason"), "area", hint=_l("The firm reads it in its statement."), most=400)


@pages.get("/firm-payments")
@signed_in_only
def index() -> str:
    """The payments that the reader may see and, for those who run the park, the form for another."""
    return _page({}, Wrong())


@pages.post("/firm-payments")
@signed_in_only
def enter() -> Answer:
    """Enter a payment."""
    typed = typed_in(CONTROLS, request.form)
    body, own = read(CONTROLS, typed)
    response = send("POST", "/firm-payments", body)
    if response.status in _REFUSED:
        return _page(typed, wrong_of(errors_of(response), CONTROLS, own)), response.status
    answer_of(response)
    return redirect(url_for(".index", done="entered"), code=303)


@pages.get("/firm-payments/<uuid:payment_id>/take-back")
@signed_in_only
def ask(payment_id: UUID) -> Answer:
    """The form to take a payment back; one that is taken back already leads to the list."""
    payment = load(PRODUCTION, _path(payment_id))
    if not payment["may_take_back"]:
        return redirect(url_for(".index"), code=303)
    return _taking_back(payment, "", Wrong())


@pages.post("/firm-payments/<uuid:payment_id>/take-back")
@signed_in_only
def take_back(payment_id: UUID) -> Answer:
    """Take a payment back."""
    typed = typed_in([REASON], request.form)
    body, own = read([REASON], typed)
    response = send("POST", _path(payment_id, "take-back"), body)
    if response.status in _REFUSED:
        wrong = wrong_of(errors_of(response), [REASON], own)
        payment = load(PRODUCTION, _path(payment_id))
        return _taking_back(payment, typed[REASON.name], wrong), response.status
    answer_of(response)
    return redirect(url_for(".index", done="taken-back"), code=303)


def _path(payment_id: UUID, *rest: str) -> str:
    return path_of("firm-payments", str(payment_id), *rest)


def _page(typed: Typed, wrong: Wrong) -> str:
    cursor = request.args.get("cursor")
    return render_template(
        "portal/machines/firm_payments.html",
        page=load(PRODUCTION, "/firm-payments", cursor=cursor),
        first_page=not cursor,
        may_enter=enters_payments(current_person()),
        controls=CONTROLS,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        done=request.args.get("done", ""),
        idempotency_key=str(uuid4()),
    )


def _taking_back(payment: Json, typed: str, wrong: Wrong) -> str:
    return render_template(
        "portal/machines/firm_payment_back.html",
        payment=payment,
        control=REASON,
        typed={REASON.name: typed},
        wrong=wrong.by_id,
        errors=wrong.lines,
        idempotency_key=str(uuid4()),
    )
