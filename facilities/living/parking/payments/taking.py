"""Taking what a provider says: an order was paid, or paying has failed. Said again, late or wrong, it harms
nothing: a reference counts once, and what is not owed goes back.
"""

from dataclasses import dataclass
from uuid import UUID

import structlog

from facilities.living.parking.payments.commands import appoint_question
from facilities.living.parking.payments.entering import enter, known, note
from facilities.living.parking.payments.model import (
    DifferenceKind,
    OrderState,
    ParkingOrder,
    ParkingPayment,
)
from facilities.living.parking.payments.payables import Payable, Payables
from facilities.living.parking.payments.provider import Providers, Said
from facilities.living.parking.payments.refunds import give_back
from shared.clock import local_date
from shared.errors import NotFound
from shared.messaging.errand import Failure, Payload
from shared.text import Text
from shared.transaction import Context, Transaction

log = structlog.get_logger(__name__)

_NO_ORDER = Text("没有这笔订单", "There is no such order")
_NOT_OWED = Text("支付时已无应付款", "Nothing was owed when it was paid")
_WRONG_AMOUNT = Text("支付金额多于应付", "More was paid than was owed")


def take(tx: Transaction, provider: str, said: Said) -> ParkingPayment | None:
    """Take what was said of an order; the payment, or None where paying has failed.

    NotFound for an order that was never asked for: the reconciliation of the day finds the money.
    """
    order = tx.session.get(ParkingOrder, said.order)
    if order is None or order.provider != provider:
        log.warning("payment for no order of ours", provider=provider, reference=said.reference)
        raise NotFound(_NO_ORDER)
    payable = tx.resource(Payables).of(order.subject)
    payable.take_turn(tx, order.subject_id)
    tx.session.refresh(order)
    if not said.paid:
        if order.state is OrderState.PENDING:
            order.state = OrderState.FAILED
            tx.audit("parking-order.failed", "parking_order", order.id)
        return None
    found = known(tx.session, provider, said.reference)
    return found or _enter(tx, order, payable, provider, said)


def _enter(
    tx: Transaction, order: ParkingOrder, payable: Payable, provider: str, said: Said
) -> ParkingPayment | None:
    """All that came is entered, so that our accounts say what theirs say; then what is too much goes back."""
    owed = _owed(tx, order, payable, said.fen)
    kept = min(owed, said.fen)
    payment = enter(
        tx,
        lot_id=order.lot_id,
        subject=order.subject,
        subject_id=order.subject_id,
        fen=said.fen,
        asked_at=order.asked_at,
        provider=provider,
        reference=said.reference,
        at=said.at,
        order=order,
        made_by=order.made_by,
    )
    if payment is None:  # the provider has used a reference for two orders, at the same moment
        return known(tx.session, provider, said.reference)
    if order.state is not OrderState.PAID:
        enough = kept > 0 and kept >= min(owed, order.amount_fen)
        if enough and not payable.settled(tx, order.subject_id):
            kept, enough = 0, False
        _settle(order, enough=enough)
    wrong = said.fen != order.amount_fen
    if wrong or kept < said.fen:
        note(
            tx,
            DifferenceKind.WRONG_AMOUNT if wrong else DifferenceKind.NOT_OWED,
            lot_id=order.lot_id,
            day=local_date(payment.at),
            provider=provider,
            reference=said.reference,
            ours_fen=order.amount_fen,
            theirs_fen=said.fen,
        )
    if kept < said.fen:
        give_back(tx, payment, said.fen - kept, (_WRONG_AMOUNT if wrong else _NOT_OWED).zh)
    tx.audit("parking-order.paid", "parking_order", order.id, {"fen": said.fen, "kept": kept})
    return payment


def _owed(tx: Transaction, order: ParkingOrder, payable: Payable, fen: int) -> int:
    """How much may be kept: what was asked for while the order is open, else what is due by now.

    Meanwhile it may have come out that less was owed even then: the entry that was missed was told later,
    or the car was not there.
    """
    if order.state is OrderState.PENDING and fen >= order.amount_fen:
        return min(order.amount_fen, payable.owed(tx.session, order.subject_id, order.asked_at).due_fen)
    return payable.owed(tx.session, order.subject_id, tx.now).due_fen


def _settle(order: ParkingOrder, *, enough: bool) -> None:
    if enough:
        order.state = OrderState.PAID
    elif order.state is OrderState.PENDING:
        order.state = OrderState.FAILED  # the rest needs another order


@dataclass(frozen=True, slots=True)
class Question:
    """What has become of an order?"""

    provider: str
    order: UUID


class OrderErrand:
    """Asks the provider about an order of which it never said anything, and lets the order expire."""

    def prepare(self, tx: Transaction, payload: Payload) -> Question | None:
        """None once it was paid."""
        order = tx.session.get(ParkingOrder, UUID(str(payload["order_id"])))
        if order is None or order.state is OrderState.PAID:
            return None
        return Question(order.provider, order.id)

    def act(self, context: Context, request: Question) -> Said | None:
        """Ask; Unreachable when there is no answer."""
        return context.resources.get(Providers).reach(request.provider).ask(request.order)

    def settle(self, tx: Transaction, request: Question, outcome: Said | None) -> None:
        """As if the provider had called back; an order that nobody has paid in time expires."""
        if outcome is not None:
            take(tx, request.provider, outcome)
        _expire(tx, request.order)

    def failed(self, tx: Transaction, payload: Payload, failure: Failure) -> None:
        """Nobody knows; what was paid all the same is found when the accounts of the day are made."""
        if failure.given_up:
            _expire(tx, UUID(str(payload["order_id"])))


def _expire(tx: Transaction, order_id: UUID) -> None:
    order = tx.session.get_one(ParkingOrder, order_id)
    tx.resource(Payables).of(order.subject).take_turn(tx, order.subject_id)
    tx.session.refresh(order)
    if order.state is not OrderState.PENDING:
        return
    if tx.now < order.expires_at:
        appoint_question(tx, order)
    else:
        order.state = OrderState.EXPIRED
        tx.audit("parking-order.expired", "parking_order", order.id)
