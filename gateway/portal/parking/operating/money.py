"""The money of a car park: what came in on a day, and giving it back."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.portal.asking import CONFLICT, INVALID, Wrong, errors_of, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Control, Typed, read, typed_in
from gateway.portal.i18n import say, yuan
from gateway.portal.money import yuan_of
from gateway.portal.parking.asking import load_parking, parking_path, send
from gateway.portal.parking.operating.access import operators_only, runs_car_parks, watchers_only
from gateway.portal.parking.operating.describing import crumbs_of
from gateway.portal.parking.operating.forms import Answer, Screen, answered, done, form_page, new_key
from gateway.portal.services import RefusedError, answer_of
from shared.http.state import current_runtime

pages = Blueprint("operating_money", __name__)

ON = Control("on", _l("Day"), "day")
_YUAN = _l("yuan")
_REFUND = (
    Control("amount_fen", _l("Given back"), "yuan", suffix=_YUAN, width="short"),
    Control("reason", _l("Reason"), width="long"),
)


@pages.get("/parking/operating/<uuid:lot_id>/money")
@watchers_only
def index(lot_id: UUID) -> Answer:
    """What came in and was given back on a day, which is in the address."""
    return money_page(lot_id, Wrong())


@pages.get("/parking/operating/payments/<uuid:payment_id>/refund")
@operators_only
def ask_refund(payment_id: UUID) -> str:
    """The form for giving a payment back, all that is left of it filled in."""
    receipt = load_parking("payments", payment_id, "receipt")
    left = yuan_of(receipt["fen"] - receipt["refunded_fen"]).removesuffix(".00")
    return _refund_page(receipt, {"amount_fen": left})


@pages.post("/parking/operating/payments/<uuid:payment_id>/refund")
@operators_only
def refund(payment_id: UUID) -> Answer:
    """Give it back, or a part of it."""
    receipt = load_parking("payments", payment_id, "receipt")
    typed = typed_in(_REFUND, request.form)
    body, own = read(_REFUND, typed)
    return answered(
        send("POST", parking_path("payments", payment_id, "refund"), body),
        _REFUND,
        own,
        lambda wrong, _stale: _refund_page(receipt, typed, wrong),
        lambda _made: url_for("portal.operating_money.index", lot_id=receipt["lot_id"], done="refunded"),
    )


@pages.post("/parking/operating/<uuid:lot_id>/refunds/<uuid:refund_id>/retry")
@operators_only
def retry(lot_id: UUID, refund_id: UUID) -> Answer:
    """Ask the provider once more."""
    response = send("POST", parking_path("refunds", refund_id, "retry"), {})
    if response.status == CONFLICT:
        return money_page(lot_id, wrong_of(errors_of(response), ()), CONFLICT)
    answer_of(response)
    day = request.form.get("on") or None
    return redirect(url_for("portal.operating_money.index", lot_id=lot_id, on=day, done="retried"), code=303)


def money_page(lot_id: UUID, wrong: Wrong, status: int = 200) -> Answer:
    """The payments of a day."""
    day, cursor = request.values.get("on", ""), request.args.get("cursor")
    page: Json = {"items": [], "next": None}
    try:
        page = load_parking("lots", lot_id, "payments", on=day, cursor=cursor)
    except RefusedError as refusal:
        if refusal.status != INVALID:
            raise
        wrong, status = wrong_of(errors_of(refusal.response), (ON,)), INVALID
    shown = render_template(
        "portal/parking/operating/money.html",
        lot=load_parking("lots", lot_id),
        page=page,
        day=day or current_runtime().clock.today().isoformat(),
        first_page=not cursor,
        runs=runs_car_parks(),
        wrong=wrong.by_id,
        errors=wrong.lines,
        done=done(),
        idempotency_key=new_key(),
    )
    return shown, status


def _refund_page(receipt: Json, typed: Typed, wrong: Wrong | None = None) -> str:
    back = url_for("portal.operating_money.index", lot_id=receipt["lot_id"])
    lot = {"id": receipt["lot_id"], "name": receipt["lot_name"]}
    cash = receipt["provider"] == "cash"
    screen = Screen(
        title=_("Give money back"),
        submit=_("Give it back"),
        crumbs=[*crumbs_of(lot), (_("Payments"), back)],
        back=back,
        lead=_("Cash is handed out at the booth now.")
        if cash
        else _("The provider is asked soon after; if it refuses, the list of payments says so."),
        danger=True,
        facts=[
            (_("For what"), say(receipt["subject_name"])),
            (_("Plate"), receipt["plate"] or "–"),
            (_("Paid, yuan"), yuan(receipt["fen"])),
            (_("Given back already, yuan"), yuan(receipt["refunded_fen"])),
            (_("Paid by"), say(receipt["provider_name"])),
        ],
    )
    return form_page(screen, [("", _REFUND)], typed, wrong)
