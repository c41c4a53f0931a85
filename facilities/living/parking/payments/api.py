"""`…/parking/orders` and payments: paying for parking, at a provider or at the booth, and getting it back."""

from typing import Any
from uuid import UUID

from flask import Response, g, request
from sqlalchemy.orm import Session

from facilities.living.parking.lots.schemas import Nothing
from facilities.living.parking.payments import commands
from facilities.living.parking.payments.model import PaidFor
from facilities.living.parking.payments.payables import Payables
from facilities.living.parking.payments.policy import (
    period_to_pay,
    require_runs,
    require_watches,
    visible_stay,
)
from facilities.living.parking.payments.provider import Forged, Providers
from facilities.living.parking.payments.queries import (
    find_lot,
    find_order,
    find_payment,
    find_refund,
    find_stay,
    list_orders,
    list_payments,
    stay_of_car,
)
from facilities.living.parking.payments.receiving import receive
from facilities.living.parking.payments.refunds import give_back, retry
from facilities.living.parking.payments.refusals import (
    NO_PROVIDER,
    NOTHING_OWED,
    RECEIPT_KNOWN,
    REFUND_NOT_FAILED,
)
from facilities.living.parking.payments.sandbox import SANDBOX, Sandbox
from facilities.living.parking.payments.schemas import (
    CallbackTaken,
    Cash,
    NewParkingOrder,
    NewRefund,
    ParkingOrderOut,
    ParkingOrderPage,
    ParkingPaymentOut,
    ParkingPaymentPage,
    PaymentListArgs,
    ReceiptOut,
    RefundOut,
    SandboxPaid,
    SandboxPayment,
)
from facilities.living.parking.payments.view import (
    order_out,
    orders_out,
    payments_out,
    receipt_out,
    refund_out,
)
from shared.actor import Actor
from shared.errors import FieldError, InvalidInput, NotFound
from shared.http.command import Reply, command, json_response
from shared.http.contract import public, refuses
from shared.http.description import LOCATION, Blueprint
from shared.http.paging import PageArgs, link_next
from shared.http.state import actor_or_anonymous, current_actor, current_runtime
from shared.identifiers.errors import PlateError
from shared.identifiers.plates import parse_plate
from shared.refusals import CONFLICT, FORBIDDEN, NOT_FOUND, UNAUTHENTICATED
from shared.text import Text
from shared.transaction import Transaction

EXAMPLE_ID = "01939f6e-3a4b-7c21-9d5e-8f0a1b2c6001"
SIGNATURE = "Payment-Signature"
"""The header that carries the provider's signature of the body."""

_NO_SANDBOX = Text("未启用沙箱支付", "The sandbox is not in use here")
_CODE = Text("付款码无效", "This is no code to pay with")

blueprint = Blueprint(
    "parking_payments",
    __name__,
    description="Paying for parking (停车缴费)",
    path_parameters={
        "order_id": ("The id of the order", EXAMPLE_ID),
        "payment_id": ("The id of the payment", EXAMPLE_ID),
        "refund_id": ("The id of the refund", EXAMPLE_ID),
        "stay_id": ("The id of the stay", EXAMPLE_ID),
        "lot_id": ("The id of the car park", EXAMPLE_ID),
        "provider": ("The name of the payment provider", SANDBOX),
    },
)


@blueprint.post("/parking/orders")
@blueprint.arguments(NewParkingOrder)
@blueprint.response(201, ParkingOrderOut, headers=LOCATION)
@public
@refuses(NOT_FOUND, NOTHING_OWED, NO_PROVIDER)
def order_parking(data: dict[str, Any]) -> Response:
    """Ask what is to be paid for a stay or a pass now, and with which code.

    For everybody who names the car park and the whole plate or the ticket; nothing is told but what is owed
    and since when. By the id of a stay only for those who may see it, by that of a pass for its holder. An
    order that was open for the same expires.
    """
    actor, runtime = actor_or_anonymous(), current_runtime()
    with runtime.transaction(actor, request_id=g.get("request_id")) as tx:
        order = commands.make_order(tx, *_named(tx.session, actor, data), actor.id)
        shown = order_out(tx.session, tx.context, order, tx.now)
    location = {"Location": f"/api/v1/living/parking/orders/{order.id}"}
    return json_response(Reply(shown, status=201, headers=location))


@blueprint.get("/parking/orders")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, ParkingOrderPage)
def list_parking_orders(args: dict[str, Any]) -> Response:
    """The orders that you have made while you were signed in, the newest first."""
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        found, following = list_orders(session, reader.id, args["cursor"], args["limit"])
        items = orders_out(session, runtime.context, found, runtime.clock.now())
    response = json_response(Reply({"items": items, "next": following}))
    link_next(response, following)
    return response


@blueprint.get("/parking/orders/<uuid:order_id>")
@blueprint.response(200, ParkingOrderOut)
@public
@refuses(NOT_FOUND)
def get_parking_order(order_id: UUID) -> Response:
    """How an order stands; once it was paid, until when one may leave.

    For whoever has its id.
    """
    runtime = current_runtime()
    with runtime.read() as session:
        order = find_order(session, order_id)
        return json_response(Reply(order_out(session, runtime.context, order, runtime.clock.now())))


@blueprint.post("/parking/payment-callbacks/<provider>")
@blueprint.response(200, CallbackTaken)
@public
@refuses(NOT_FOUND, UNAUTHENTICATED)
def take_parking_callback(provider: str) -> Response:
    """For payment providers: say that an order was paid, or that paying has failed.

    The body is JSON in the form of the provider, signed in the header `Payment-Signature`; of the sandbox an
    object with `order`, `reference`, `fen`, `paid` and `at`, signed by HMAC-SHA256. It may come again,
    late and in any order: a reference counts once, and what is not owed is given back.
    """
    said = request.get_data(), request.headers.get(SIGNATURE, "")
    payment = receive(current_runtime(), provider, *said, request_id=g.get("request_id"))
    return json_response(Reply({"payment_id": str(payment) if payment else None}))


@blueprint.post("/parking/sandbox/pay")
@blueprint.arguments(SandboxPayment)
@blueprint.response(200, SandboxPaid)
@public
@refuses(NOT_FOUND)
def pay_in_sandbox(data: dict[str, Any]) -> Response:
    """Pay an order at the sandbox, with which nobody pays any money; then it calls back.

    For whoever has the code. Only there where the sandbox is in use; what is paid once stays paid.
    """
    runtime = current_runtime()
    sandbox = runtime.context.resources.get(Providers).by_name.get(SANDBOX)
    if not isinstance(sandbox, Sandbox):
        raise NotFound(_NO_SANDBOX)
    try:
        said = sandbox.pay(
            data["code"], runtime.clock.now(), paid=data["result"] == "paid", fen=data["amount_fen"]
        )
    except Forged as error:
        raise InvalidInput(errors=[FieldError("/code", "wrong-code", _CODE)]) from error
    if data["calls_back"]:
        receive(runtime, SANDBOX, *sandbox.callback(said), request_id=g.get("request_id"))
    told = {"order_id": str(said.order), "reference": said.reference, "fen": said.fen, "paid": said.paid}
    return json_response(Reply(told))


@blueprint.post("/parking/stays/<uuid:stay_id>/cash")
@blueprint.arguments(Cash)
@blueprint.response(201, ParkingPaymentOut)
@refuses(FORBIDDEN, NOTHING_OWED, RECEIPT_KNOWN)
@command
def take_parking_cash(tx: Transaction, data: dict[str, Any], stay_id: UUID) -> Reply:
    """Enter money that was taken at the booth, all that is due or a part of it.

    For the park's operator. The number of the paper receipt counts once in its car park.
    """
    require_runs(tx.actor)
    payment = commands.take_cash(tx, find_stay(tx.session, stay_id), **data)
    (shown,) = payments_out(tx.session, tx.context, [payment])
    return Reply(shown, status=201)


@blueprint.get("/parking/lots/<uuid:lot_id>/payments")
@blueprint.arguments(PaymentListArgs, location="query")
@blueprint.response(200, ParkingPaymentPage)
@refuses(FORBIDDEN)
def list_parking_payments(args: dict[str, Any], lot_id: UUID) -> Response:
    """What came in and was given back in a car park on a day, the earliest first.

    For those who run or watch the park.
    """
    reader, runtime = current_actor(), current_runtime()
    require_watches(reader)
    with runtime.read() as session:
        lot, day = find_lot(session, lot_id), args["on"] or runtime.clock.today()
        found, following = list_payments(session, lot.id, day, args["cursor"], args["limit"])
        items = payments_out(session, runtime.context, found)
    response = json_response(Reply({"items": items, "next": following}))
    link_next(response, following)
    return response


@blueprint.post("/parking/payments/<uuid:payment_id>/refund")
@blueprint.arguments(NewRefund)
@blueprint.response(201, RefundOut)
@refuses(FORBIDDEN, CONFLICT)
@command
def refund_parking_payment(tx: Transaction, data: dict[str, Any], payment_id: UUID) -> Reply:
    """Give a payment back, or a part of it. The provider is asked soon after; cash is handed out.

    For the park's operator.
    """
    require_runs(tx.actor)
    payment = find_payment(tx.session, payment_id)
    tx.resource(Payables).of(payment.subject).take_turn(tx, payment.subject_id)
    refund = give_back(tx, payment, data["amount_fen"], data["reason"], tx.actor.id)
    return Reply(refund_out(refund), status=201)


@blueprint.post("/parking/refunds/<uuid:refund_id>/retry")
@blueprint.arguments(Nothing, required=False)
@blueprint.response(200, RefundOut)
@refuses(FORBIDDEN, REFUND_NOT_FAILED)
@command
def retry_parking_refund(tx: Transaction, _data: dict[str, Any], refund_id: UUID) -> Reply:
    """Ask the provider once more to give money back, after somebody has looked why it did not.

    For the park's operator.
    """
    require_runs(tx.actor)
    refund = find_refund(tx.session, refund_id)
    retry(tx, refund)
    return Reply(refund_out(refund))


@blueprint.get("/parking/payments/<uuid:payment_id>/receipt")
@blueprint.response(200, ReceiptOut)
@public
@refuses(NOT_FOUND)
def get_parking_receipt(payment_id: UUID) -> Response:
    """The receipt of a payment, line by line; the plate is not shown in full.

    For whoever has the id of the payment, which its order tells.
    """
    runtime = current_runtime()
    with runtime.read() as session:
        payment = find_payment(session, payment_id)
        return json_response(Reply(receipt_out(session, runtime.context, payment)))


def _named(session: Session, actor: Actor, data: dict[str, Any]) -> tuple[PaidFor, UUID]:
    if "pass_id" in data:
        return PaidFor.PASS, period_to_pay(session, actor, data["pass_id"])
    if "stay_id" in data:
        return PaidFor.STAY, visible_stay(session, actor, data["stay_id"]).id
    return PaidFor.STAY, stay_of_car(session, data["lot_id"], mark_of(data)).id


def mark_of(data: dict[str, Any]) -> str:
    """The mark of a car that somebody names by plate or ticket; InvalidInput for a plate that cannot be."""
    if "ticket" in data:
        return f"#{data['ticket'].strip().lstrip('#').upper()}"
    try:
        return parse_plate(data["plate"]).number
    except PlateError as error:
        raise InvalidInput(errors=[FieldError("/plate", error.code, error.message)]) from error
