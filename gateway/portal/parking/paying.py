"""Paying for parking: by plate or ticket without signing in, at the sandbox, until the receipt."""

from datetime import datetime
from uuid import UUID, uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, INVALID, Wrong, errors_of, wrong_of
from gateway.portal.context import Json, current_client
from gateway.portal.controls import Control, Typed, read, typed_in
from gateway.portal.parking.asking import LIVING, load_parking, parking_path, send
from gateway.portal.parking.places import lot_control, lots_to_pay_in, named_lot
from gateway.portal.parking.plates import own_cars, plate_control
from gateway.portal.services import RefusedError, answer_of
from shared.http.state import current_runtime

pages = Blueprint("parking_paying", __name__)

Answer = str | Response | tuple[str, int]

SANDBOX = "sandbox"
_NOT_FOUND = 404
_NOTHING_OWED = "nothing-owed"
TICKET = Control(
    "ticket",
    _l("Ticket (car without a plate)"),
    hint=_l("Only if your car has no plate: what you were given when you scanned the code at the way in."),
    most=16,
    width="short",
)


@pages.get("/parking/pay")
def ask() -> str:
    """The form for a car; the code at the exit names the car park, and a link may name the plate."""
    lots = lots_to_pay_in()
    typed = {"lot_id": named_lot(lots), **{name: request.args.get(name, "") for name in ("plate", "ticket")}}
    return _form(_controls(lots), typed, Wrong())


@pages.post("/parking/pay")
def order() -> Answer:
    """Ask what is owed now; its page says so and leads to the payment."""
    controls = _controls(lots_to_pay_in())
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    own |= unanswered(typed)
    if own:
        return _form(controls, typed, wrong_of((), controls, own)), INVALID
    response = send("POST", parking_path("orders"), body)
    if response.status == CONFLICT and RefusedError(response).slug == _NOTHING_OWED:
        return _form(controls, typed, Wrong(), nothing_owed=True)
    if response.status in (INVALID, CONFLICT, _NOT_FOUND):
        return _form(controls, typed, _refused(response.status, errors_of(response), typed, controls)), (
            response.status
        )
    return _to_order(answer_of(response)["id"])


@pages.get("/parking/orders")
@signed_in_only
def index() -> str:
    """The orders that the reader has made while signed in, with their receipts."""
    cursor = request.args.get("cursor")
    return render_template(
        "portal/parking/orders.html", page=load_parking("orders", cursor=cursor), first_page=not cursor
    )


@pages.get("/parking/orders/<uuid:order_id>")
def show(order_id: UUID) -> str:
    """How an order stands: what is to be paid and until when, or until when one may leave."""
    found = load_parking("orders", order_id)
    leave_by = found["leave_by"] and datetime.fromisoformat(found["leave_by"])
    return render_template(
        "portal/parking/order.html",
        order=found,
        may_leave=bool(leave_by) and leave_by >= current_runtime().clock.now(),
        at_the_sandbox=SANDBOX,
        done=request.args.get("done", ""),
    )


@pages.get("/parking/orders/<uuid:order_id>/sandbox")
def ask_sandbox(order_id: UUID) -> Answer:
    """The sandbox's pay page: a provider with which nobody pays any money."""
    found = load_parking("orders", order_id)
    if found["provider"] != SANDBOX:
        abort(_NOT_FOUND)
    if not found["pay_code"]:
        return _to_order(found["id"])
    return render_template("portal/parking/sandbox.html", order=found)


@pages.post("/parking/orders/<uuid:order_id>/sandbox")
def pay_at_sandbox(order_id: UUID) -> Answer:
    """Pay there, or let paying fail; what is paid once stays paid."""
    found = load_parking("orders", order_id)
    if not found["pay_code"]:
        return _to_order(found["id"])
    result = "failed" if request.form.get("result") == "failed" else "paid"
    body = {"code": found["pay_code"], "result": result}
    answer_of(current_client().post(LIVING, parking_path("sandbox", "pay"), json=body))
    return _to_order(found["id"])


@pages.get("/parking/receipts/<uuid:payment_id>")
def receipt(payment_id: UUID) -> str:
    """The receipt of a payment, to be looked at or printed."""
    return render_template(
        "portal/parking/receipt.html", receipt=load_parking("payments", payment_id, "receipt")
    )


def _to_order(order_id: str) -> Response:
    return redirect(url_for("portal.parking_paying.show", order_id=order_id), code=303)


def _controls(lots: list[Json]) -> tuple[Control, ...]:
    return (lot_control(lots), plate_control(own_cars()), TICKET)


def unanswered(typed: Typed) -> dict[str, str]:
    """What is missing of a car park and a car, by the controls' pointers; a car is named in one way."""
    own = {}
    if not typed["lot_id"]:
        own["/lot_id"] = _("Choose a car park")
    if not typed["plate"] and not typed["ticket"]:
        own["/plate"] = _("Enter the number plate")
    if typed["plate"] and typed["ticket"]:
        own["/ticket"] = _("Enter either the number plate or the ticket")
    return own


def _refused(status: int, errors: list[Json], typed: Typed, controls: tuple[Control, ...]) -> Wrong:
    """What the service says; that there is no such car is said where it was named."""
    if status == _NOT_FOUND:
        named = "/plate" if typed["plate"] else "/ticket"
        errors = [{**each, "pointer": named} for each in errors]
    return wrong_of(errors, controls)


def _form(controls: tuple[Control, ...], typed: Typed, wrong: Wrong, *, nothing_owed: bool = False) -> str:
    return render_template(
        "portal/parking/pay.html",
        controls=controls,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        nothing_owed=nothing_owed,
        idempotency_key=str(uuid4()),
    )
