"""What is said about money for parking: amounts and ids, no plate."""

from collections.abc import Mapping
from uuid import UUID

from marshmallow import Schema, fields, validate

from facilities.living.parking.payments.model import PaidFor, ParkingPayment
from shared.database import Aggregate
from shared.http.schemas import instant, string
from shared.messaging.contracts import EventContract
from shared.text import Text
from shared.transaction import Transaction

RECEIVED = "payment.received"
REFUNDED = "refund.made"

_STEPS: Mapping[str, Text] = {
    RECEIVED: Text("已收到停车付款", "Money for parking has come in"),
    REFUNDED: Text("停车款已退还", "Money for parking was given back"),
}


class ParkingPaymentData(Schema):
    """A payment, or money given back of one."""

    payment_id = fields.UUID(required=True)
    lot_id = fields.UUID(required=True)
    subject = fields.String(required=True, validate=validate.OneOf([each.value for each in PaidFor]))
    subject_id = fields.UUID(required=True, metadata={"description": "The stay, or the period of a pass"})
    order_id = fields.UUID(required=True, allow_none=True, metadata={"description": "Null of cash"})
    refunds = fields.UUID(
        required=True, allow_none=True, metadata={"description": "The payment of which it was given back"}
    )
    fen = fields.Integer(required=True, strict=True, metadata={"description": "Negative when given back"})
    provider = string("`cash` for cash")
    at = instant()
    account_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Who was signed in when it was ordered"}
    )


CONTRACTS: Mapping[str, EventContract] = {
    step: EventContract(
        type=f"yuanban.living.parking-{step}.v1",
        schema=ParkingPaymentData,
        meaning=meaning,
        subscribers_optional=True,
    )
    for step, meaning in _STEPS.items()
}


def announce(tx: Transaction, payment: ParkingPayment, about: Aggregate, about_id: UUID) -> None:
    """Emit `yuanban.living.parking-payment.received.v1` or `…parking-refund.made.v1`."""
    data = {
        "payment_id": payment.id,
        "lot_id": payment.lot_id,
        "subject": payment.subject.value,
        "subject_id": payment.subject_id,
        "order_id": payment.order_id,
        "refunds": payment.refunds,
        "fen": payment.fen,
        "provider": payment.provider,
        "at": payment.at,
        "account_id": _payer(tx, payment),
    }
    contract = CONTRACTS[RECEIVED if payment.fen > 0 else REFUNDED]
    tx.emit(contract, about, about_id, data)


def _payer(tx: Transaction, payment: ParkingPayment) -> UUID | None:
    """Who was signed in when it was paid; of what is given back, when that was paid."""
    if payment.refunds is None:
        return payment.made_by
    return tx.session.get_one(ParkingPayment, payment.refunds).made_by
