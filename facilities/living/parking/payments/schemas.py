"""Orders, payments and refunds on the wire."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from facilities.capacity.amounts import MOST_FEN
from facilities.living.parking.payments.model import OrderState, PaidFor, RefundState
from shared.http.paging import PageArgs
from shared.http.schemas import Answer, bilingual, chosen_day, following, instant, shaped, string, text


def amount(said: str, **more: Any) -> fields.Integer:
    """An amount of money that is not nothing, in fen."""
    return fields.Integer(
        strict=True,
        validate=validate.Range(min=1, max=MOST_FEN),
        metadata={"description": f"{said}, in fen"},
        **more,
    )


def number(said: str) -> fields.Integer:
    """A whole number of an answer."""
    return fields.Integer(required=True, metadata={"description": said})


class Car(Schema):
    """A car by its full number plate, or by the ticket of one without."""

    lot_id = fields.UUID(metadata={"description": "The car park in which it is"})
    plate = fields.String(
        validate=validate.Length(min=1, max=20), metadata={"description": "The whole number plate"}
    )
    ticket = fields.String(
        validate=validate.Length(min=1, max=16),
        metadata={"description": "Of a car without a plate: what it has scanned"},
    )

    @validates_schema
    def _one_of_them(self, data: dict[str, Any], **_rest: Any) -> None:
        if "lot_id" not in data or ("plate" in data) == ("ticket" in data):
            raise ValidationError("Name the car park, and either the plate or the ticket")


class NewParkingOrder(Schema):
    """What is to be paid for: a stay or a pass by its id, or a car by car park and plate or ticket."""

    stay_id = fields.UUID(metadata={"description": "For those who may see the stay"})
    pass_id = fields.UUID(metadata={"description": "For its holder: the months that wait for payment"})
    lot_id = fields.UUID(metadata={"description": "The car park in which the car is"})
    plate = fields.String(
        validate=validate.Length(min=1, max=20), metadata={"description": "The whole number plate"}
    )
    ticket = fields.String(
        validate=validate.Length(min=1, max=16),
        metadata={"description": "Of a car without a plate: what it has scanned"},
    )

    @validates_schema
    def _one_of_them(self, data: dict[str, Any], **_rest: Any) -> None:
        by_car = "lot_id" in data and ("plate" in data) != ("ticket" in data)
        by_id = set(data) in ({"stay_id"}, {"pass_id"})
        if not by_id and (not by_car or {"stay_id", "pass_id"} & set(data)):
            raise ValidationError("Name the stay, the pass, or the car park and the plate or the ticket")


class ParkingOrderOut(Answer):
    """An order: what is to be paid, until when, and with which code."""

    id = fields.UUID(required=True)
    lot_id = fields.UUID(required=True)
    lot_name = bilingual()
    subject = fields.Enum(PaidFor, by_value=True, required=True)
    subject_name = bilingual()
    amount_fen = number("What is to be paid, in fen")
    since = instant("From when it is charged", null=True)
    asked_at = instant("Until when it was reckoned")
    expires_at = instant("Until when it may be paid")
    state = fields.Enum(OrderState, by_value=True, required=True)
    state_name = bilingual()
    provider = string()
    provider_name = bilingual()
    pay_code = string("With which one pays at the provider; null once it cannot be paid", null=True)
    payment_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Its payment; a receipt is known by it"}
    )
    leave_by = instant("Until when one may leave without paying more; null when it was not paid", null=True)


class ParkingOrderPage(Answer):
    """A page of orders, the newest first."""

    items = fields.List(fields.Nested(ParkingOrderOut), required=True)
    next = following()


class SandboxPayment(Schema):
    """What somebody does on the pay page of the sandbox."""

    code = fields.String(
        required=True,
        validate=validate.Length(min=1, max=2000),
        metadata={"description": "`pay_code` of the order"},
    )
    result = fields.String(
        load_default="paid",
        validate=validate.OneOf(["paid", "failed"]),
        metadata={"description": "Whether paying comes to anything"},
    )
    amount_fen = amount("To try out: another amount than was asked for", load_default=None)
    calls_back = fields.Boolean(
        load_default=True,
        metadata={"description": "To try out: false where the message to the car park is lost"},
    )


class SandboxPaid(Answer):
    """What the sandbox says of it."""

    order_id = fields.UUID(required=True)
    reference = string("By which the sandbox knows it")
    fen = number("What was paid, in fen")
    paid = fields.Boolean(required=True)


class CallbackTaken(Answer):
    """That it was taken; the same however often it comes."""

    payment_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Null where paying has failed"}
    )


class Cash(Schema):
    """Money that a cashier has taken."""

    amount_fen = amount("All that is due, or a part of it", required=True)
    receipt = fields.String(
        required=True,
        validate=shaped(r"^[0-9A-Za-z-]{1,40}$"),
        metadata={"description": "Number of the paper receipt; it counts once in its car park"},
    )
    reason = fields.String(load_default="", validate=validate.Length(max=200))


class NewRefund(Schema):
    """How much of a payment is given back, and why."""

    amount_fen = amount("No more than is left of the payment", required=True)
    reason = text(200, required=True)


class RefundOut(Answer):
    """Money that is to be given back, or was."""

    id = fields.UUID(required=True)
    payment_id = fields.UUID(required=True)
    fen = number("How much, in fen")
    reason = string()
    state = fields.Enum(RefundState, by_value=True, required=True)
    state_name = bilingual()
    error = string("Why it was not given back; empty otherwise")
    asked_at = instant()
    made_at = instant(null=True)


class ParkingPaymentOut(Answer):
    """Money that has come in, or was given back."""

    id = fields.UUID(required=True)
    order_id = fields.UUID(required=True, allow_none=True)
    refunds = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Of which payment it was given back"}
    )
    subject = fields.Enum(PaidFor, by_value=True, required=True)
    subject_name = bilingual()
    subject_id = fields.UUID(required=True)
    fen = number("Negative when it was given back, in fen")
    provider = string()
    provider_name = bilingual()
    reference = string("The provider's, or the number of the paper receipt")
    reason = string()
    at = instant()
    wished_back_fen = number("What of it was given back or is to be, in fen")
    wished_back = fields.List(fields.Nested(RefundOut), required=True)


class ParkingPaymentPage(Answer):
    """A page of a day's payments, the earliest first."""

    items = fields.List(fields.Nested(ParkingPaymentOut), required=True)
    next = following()


class PaymentListArgs(PageArgs):
    """Of which day."""

    on = chosen_day("A day of the park (Asia/Shanghai); without it today")


class ReceiptLine(Answer):
    """A line of what was paid for."""

    what = bilingual()
    amount_fen = number("In fen; negative for what was taken off")


class ReceiptOut(Answer):
    """A receipt; it is no tax invoice (发票)."""

    payment_id = fields.UUID(required=True)
    lot_id = fields.UUID(required=True)
    lot_name = bilingual()
    operator_name = string("Who runs the car park")
    complaint_phone = string()
    plate = string("Not in full; null where it is for no stay", null=True)
    entered_at = instant(null=True)
    left_at = instant(null=True)
    subject = fields.Enum(PaidFor, by_value=True, required=True)
    subject_name = bilingual()
    lines = fields.List(fields.Nested(ReceiptLine), required=True)
    fee_fen = number("What all of it costs, in fen")
    fen = number("What was paid by this payment, in fen")
    refunded_fen = number("What of it was given back, in fen")
    provider = string()
    provider_name = bilingual()
    reference = string()
    at = instant()
    note = bilingual()
