"""Orders and cash: what somebody is asked to pay, reckoned here and nowhere else, and money at the booth."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from facilities.living.parking.lots.model import Lot
from facilities.living.parking.payments.entering import count_day, enter
from facilities.living.parking.payments.model import (
    CASH,
    OrderState,
    PaidFor,
    ParkingOrder,
    ParkingPayment,
)
from facilities.living.parking.payments.payables import Owed, Payables
from facilities.living.parking.payments.provider import Providers
from facilities.living.parking.stays.model import ParkingStay
from shared.errors import Conflict, FieldError, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

ORDER_ERRAND = "parking-order"
VALID_FOR = timedelta(minutes=5)
"""For how long one may pay what was reckoned; the park's own rule. It is less than any grace after paying."""
ASKED_AFTER = timedelta(minutes=1)
"""So long after an order has expired its provider is asked whether it was paid all the same."""

_NOTHING = Text("目前没有应付款", "There is nothing to be paid now")
_CASH_ONLY = Text("未接通支付渠道，请在岗亭付现金", "No provider takes payments here; please pay in cash")
_TOO_MUCH = Text("最多应付{due}分", "At most {due} fen are due")
_RECEIPT = Text("这一收据号已登记", "Money was entered under this receipt already")


def make_order(tx: Transaction, subject: PaidFor, subject_id: UUID, made_by: UUID | None) -> ParkingOrder:
    """Ask for what is owed now; an order that was open for the same thing expires.

    Conflict where nothing is owed, or nobody takes payments.
    """
    provider = tx.resource(Providers).usual
    if provider is None:
        raise Conflict(_CASH_ONLY, slug="no-provider")
    payable = tx.resource(Payables).of(subject)
    payable.take_turn(tx, subject_id)
    owed = payable.owed(tx.session, subject_id, tx.now)
    if owed.due_fen < 1:
        raise Conflict(_NOTHING, slug="nothing-owed")
    expire_orders(tx, subject, subject_id)
    order = ParkingOrder(
        id=new_id(),
        lot_id=owed.lot_id,
        subject=subject,
        subject_id=subject_id,
        amount_fen=owed.due_fen,
        asked_at=tx.now,
        expires_at=tx.now + VALID_FOR,
        state=OrderState.PENDING,
        provider=provider,
        made_by=made_by,
    )
    tx.session.add(order)
    tx.session.flush()
    count_day(tx, order.lot_id, provider, tx.today)
    appoint_question(tx, order)
    tx.audit("parking-order.made", "parking_order", order.id, {"fen": order.amount_fen}, begins=True)
    return order


def appoint_question(tx: Transaction, order: ParkingOrder) -> None:
    """Ask the provider about an order: soon after it has expired, at once when that is over."""
    at = max(order.expires_at + ASKED_AFTER, tx.now)
    tx.schedule(ORDER_ERRAND, str(order.id), at, {"order_id": str(order.id)})


def expire_orders(tx: Transaction, subject: PaidFor, subject_id: UUID) -> None:
    """What is owed has changed: whoever still pays the order is given back what is too much.

    Whoever calls has the turn of what it is for.
    """
    pending = sa.select(ParkingOrder).where(
        ParkingOrder.subject == subject,
        ParkingOrder.subject_id == subject_id,
        ParkingOrder.state == OrderState.PENDING,
    )
    for order in tx.session.scalars(pending):
        order.state = OrderState.EXPIRED
        tx.audit("parking-order.expired", "parking_order", order.id)
    tx.session.flush()


def take_cash(
    tx: Transaction, stay: ParkingStay, *, amount_fen: int, receipt: str, reason: str
) -> ParkingPayment:
    """Money at the booth, all of what is due or a part of it; InvalidInput for more.

    A receipt's number counts once in its lot: Conflict when it comes again.
    """
    payable = tx.resource(Payables).of(PaidFor.STAY)
    payable.take_turn(tx, stay.id)
    owed: Owed = payable.owed(tx.session, stay.id, tx.now)
    lot = tx.session.get_one(Lot, stay.lot_id)
    reference = f"{lot.code}/{receipt}"
    if owed.due_fen < 1:
        raise Conflict(_NOTHING, slug="nothing-owed")
    if amount_fen > owed.due_fen:
        said = _TOO_MUCH.format(due=owed.due_fen)
        raise InvalidInput(errors=[FieldError("/amount_fen", "more-than-due", said)])
    expire_orders(tx, PaidFor.STAY, stay.id)
    payment = enter(
        tx,
        lot_id=stay.lot_id,
        subject=PaidFor.STAY,
        subject_id=stay.id,
        fen=amount_fen,
        asked_at=tx.now,
        provider=CASH,
        reference=reference,
        reason=reason,
        made_by=tx.actor.id,
    )
    if payment is None:
        raise Conflict(_RECEIPT, slug="receipt-known")
    return payment
