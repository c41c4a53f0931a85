"""Orders, payments, refunds and receipts as they are shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from facilities.living.parking.lots.model import Lot
from facilities.living.parking.payments.model import (
    CASH,
    ORDER_STATE_NAMES,
    PAID_FOR_NAMES,
    REFUND_STATE_NAMES,
    OrderState,
    PaidFor,
    ParkingOrder,
    ParkingPayment,
    ParkingRefund,
    RefundState,
)
from facilities.living.parking.payments.payables import Owed, Payables
from facilities.living.parking.payments.provider import Asked, Providers
from facilities.living.parking.payments.queries import payment_of, refunds_of
from facilities.living.parking.stays.costs import cost_of
from facilities.living.parking.stays.model import ParkingStay
from shared.identifiers.plates import mask_plate
from shared.text import Text
from shared.transaction import Context

Json = dict[str, Any]

_CASH = Text("现金", "Cash")
_GONE = Text("已停用的支付渠道", "A provider that is not connected any more")
_NOTE = Text("本收据不是税务发票。", "This receipt is no tax invoice.")


def provider_name(context: Context, provider: str) -> Text:
    """What people read of a provider."""
    if provider == CASH:
        return _CASH
    found = context.resources.get(Providers).by_name.get(provider)
    return _GONE if found is None else found.name


def orders_out(
    session: Session, context: Context, found: Sequence[ParkingOrder], now: datetime
) -> list[Json]:
    """Orders, each as it stands now."""
    return [order_out(session, context, each, now) for each in found]


def order_out(session: Session, context: Context, order: ParkingOrder, now: datetime) -> Json:
    """One order as it stands now; nothing in it says whose car it is."""
    lot = session.get_one(Lot, order.lot_id)
    owed = context.resources.get(Payables).of(order.subject).owed(session, order.subject_id, now)
    payment = payment_of(session, order)
    state = order.state
    if state is OrderState.PENDING and now >= order.expires_at:
        state = OrderState.EXPIRED
    return {
        "id": str(order.id),
        "lot_id": str(lot.id),
        "lot_name": lot.name,
        "subject": order.subject.value,
        "subject_name": PAID_FOR_NAMES[order.subject].to_dict(),
        "amount_fen": order.amount_fen,
        "since": _moment(owed.since),
        "asked_at": order.asked_at.isoformat(),
        "expires_at": order.expires_at.isoformat(),
        "state": state.value,
        "state_name": ORDER_STATE_NAMES[state].to_dict(),
        "provider": order.provider,
        "provider_name": provider_name(context, order.provider).to_dict(),
        "pay_code": _pay_code(context, order) if state is OrderState.PENDING else None,
        "payment_id": str(payment.id) if payment else None,
        "leave_by": _leave_by(state, owed),
    }


def payments_out(session: Session, context: Context, found: Sequence[ParkingPayment]) -> list[Json]:
    """Payments with what was wanted back of each."""
    wished: dict[UUID, list[Json]] = {each.id: [] for each in found}
    for refund in refunds_of(session, [each.id for each in found]):
        wished[refund.payment_id].append(refund_out(refund))
    return [_payment(context, each, wished[each.id]) for each in found]


def refund_out(refund: ParkingRefund) -> Json:
    """One refund."""
    return {
        "id": str(refund.id),
        "payment_id": str(refund.payment_id),
        "fen": refund.fen,
        "reason": refund.reason,
        "state": refund.state.value,
        "state_name": REFUND_STATE_NAMES[refund.state].to_dict(),
        "error": refund.error or "",
        "asked_at": refund.asked_at.isoformat(),
        "made_at": _moment(refund.made_at),
    }


def receipt_out(session: Session, context: Context, payment: ParkingPayment) -> Json:
    """The receipt of a payment, with the lines of what was paid for."""
    lot = session.get_one(Lot, payment.lot_id)
    made = [each.fen for each in refunds_of(session, [payment.id]) if each.state is RefundState.MADE]
    return {
        "payment_id": str(payment.id),
        "lot_id": str(lot.id),
        "lot_name": lot.name,
        "operator_name": lot.operator_name,
        "complaint_phone": lot.complaint_phone,
        "subject": payment.subject.value,
        "subject_name": PAID_FOR_NAMES[payment.subject].to_dict(),
        **_paid_for(session, payment),
        "fen": payment.fen,
        "refunded_fen": sum(made),
        "provider": payment.provider,
        "provider_name": provider_name(context, payment.provider).to_dict(),
        "reference": payment.reference,
        "at": payment.at.isoformat(),
        "note": _NOTE.to_dict(),
    }


def _paid_for(session: Session, payment: ParkingPayment) -> Json:
    """The stay and the lines of its fee; of anything else the one line that says what it is."""
    if payment.subject is not PaidFor.STAY:
        line = {"what": PAID_FOR_NAMES[payment.subject].to_dict(), "amount_fen": payment.fen}
        times: Json = {"plate": None, "entered_at": None, "left_at": None}
        return {**times, "lines": [line], "fee_fen": payment.fen}
    stay = session.get_one(ParkingStay, payment.subject_id)
    fee = cost_of(session, stay, payment.asked_at).fee
    return {
        "plate": mask_plate(stay.mark),
        "entered_at": _moment(stay.entered_at),
        "left_at": _moment(stay.left_at),
        "lines": [{"what": each.what.to_dict(), "amount_fen": each.amount_fen} for each in fee.lines],
        "fee_fen": fee.total_fen,
    }


def _payment(context: Context, payment: ParkingPayment, wished: list[Json]) -> Json:
    return {
        "id": str(payment.id),
        "order_id": str(payment.order_id) if payment.order_id else None,
        "refunds": str(payment.refunds) if payment.refunds else None,
        "subject": payment.subject.value,
        "subject_name": PAID_FOR_NAMES[payment.subject].to_dict(),
        "subject_id": str(payment.subject_id),
        "fen": payment.fen,
        "provider": payment.provider,
        "provider_name": provider_name(context, payment.provider).to_dict(),
        "reference": payment.reference,
        "reason": payment.reason,
        "at": payment.at.isoformat(),
        "wished_back_fen": sum(each["fen"] for each in wished),
        "wished_back": wished,
    }


def _pay_code(context: Context, order: ParkingOrder) -> str | None:
    provider = context.resources.get(Providers).by_name.get(order.provider)
    if provider is None:
        return None
    return provider.begin(Asked(order.id, order.lot_id, order.amount_fen, order.expires_at))


def _leave_by(state: OrderState, owed: Owed) -> str | None:
    return _moment(owed.leave_by) if state is OrderState.PAID else None


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
