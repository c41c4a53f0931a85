"""Giving money back: a wish that fits in what was paid, carried out by the provider or at the booth."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.payments.entering import enter
from facilities.living.parking.payments.model import (
    CASH,
    ParkingPayment,
    ParkingRefund,
    RefundState,
)
from facilities.living.parking.payments.payables import Payables
from facilities.living.parking.payments.provider import Declined, Given, Providers, Wish
from shared.errors import Conflict, FieldError, InvalidInput
from shared.ids import new_id
from shared.messaging.errand import Failure, Payload
from shared.text import Text
from shared.transaction import Context, Transaction

REFUND_ERRAND = "parking-refund"

_TOO_MUCH = Text("最多可退{left}分，其余已退或正在退款", "At most {left} fen are left of it to give back")
_NOT_FAILED = Text("该笔退款不需要重试", "This refund is not in need of another try")


def given_back(session: Session, payment_id: UUID) -> int:
    """What was given back of a payment or is to be, in fen."""
    query = sa.select(sa.func.coalesce(sa.func.sum(ParkingRefund.fen), 0))
    return int(session.scalars(query.where(ParkingRefund.payment_id == payment_id)).one())


def give_back(
    tx: Transaction, payment: ParkingPayment, fen: int, reason: str, made_by: UUID | None = None
) -> ParkingRefund:
    """Want money given back of a payment; cash is handed out at once, a provider is asked by an errand.

    Whoever calls has the turn. InvalidInput for more than is left of the payment.
    """
    before = given_back(tx.session, payment.id)
    if before + fen > payment.fen:
        said = _TOO_MUCH.format(left=max(payment.fen - before, 0))
        raise InvalidInput(errors=[FieldError("/amount_fen", "more-than-paid", said)])
    refund = ParkingRefund(
        id=new_id(),
        payment_id=payment.id,
        lot_id=payment.lot_id,
        subject=payment.subject,
        subject_id=payment.subject_id,
        fen=fen,
        before_fen=before,
        of_fen=payment.fen,
        reason=reason,
        state=RefundState.PENDING,
        asked_at=tx.now,
        made_by=made_by,
    )
    tx.session.add(refund)
    tx.session.flush()
    tx.audit("parking-refund.asked", "parking_payment", payment.id, {"fen": fen, "refund": str(refund.id)})
    if payment.provider == CASH:
        _made(tx, refund, Given(f"R{refund.id.hex}", tx.now))
    else:
        _appoint(tx, refund)
    return refund


def retry(tx: Transaction, refund: ParkingRefund) -> None:
    """Ask the provider once more; Conflict where nothing has failed."""
    tx.resource(Payables).of(refund.subject).take_turn(tx, refund.subject_id)
    tx.session.refresh(refund)
    if refund.state is not RefundState.FAILED:
        raise Conflict(_NOT_FAILED, slug="refund-not-failed")
    refund.state = RefundState.PENDING
    tx.audit("parking-refund.retried", "parking_payment", refund.payment_id, {"refund": str(refund.id)})
    _appoint(tx, refund)


class RefundErrand:
    """Asks the provider to give money back."""

    def prepare(self, tx: Transaction, payload: Payload) -> tuple[str, Wish] | None:
        """Which provider and what; None once it has been done."""
        refund = tx.session.get(ParkingRefund, UUID(str(payload["refund_id"])))
        if refund is None or refund.state is not RefundState.PENDING:
            return None
        payment = tx.session.get_one(ParkingPayment, refund.payment_id)
        wish = Wish(refund.id, refund.lot_id, payment.reference, refund.fen, tx.now)
        return payment.provider, wish

    def act(self, context: Context, request: tuple[str, Wish]) -> Given | Declined:
        """Ask; Unreachable when nobody knows whether it was given back."""
        provider, wish = request
        return context.resources.get(Providers).reach(provider).refund(wish)

    def settle(self, tx: Transaction, request: tuple[str, Wish], outcome: Given | Declined) -> None:
        """Enter what was given back, or call for a person."""
        refund = _in_turn(tx, request[1].refund)
        if refund.state is RefundState.MADE:
            return
        if isinstance(outcome, Given):
            _made(tx, refund, outcome)
        else:
            _failed(tx, refund, outcome.reason)

    def failed(self, tx: Transaction, payload: Payload, failure: Failure) -> None:
        """After the last try somebody has to look; the wish stays."""
        if failure.given_up:
            refund = _in_turn(tx, UUID(str(payload["refund_id"])))
            if refund.state is RefundState.PENDING:
                _failed(tx, refund, failure.error)


def _in_turn(tx: Transaction, refund_id: UUID) -> ParkingRefund:
    refund = tx.session.get_one(ParkingRefund, refund_id)
    tx.resource(Payables).of(refund.subject).take_turn(tx, refund.subject_id)
    tx.session.refresh(refund)
    return refund


def _appoint(tx: Transaction, refund: ParkingRefund) -> None:
    payload: Mapping[str, object] = {"refund_id": str(refund.id)}
    tx.schedule(REFUND_ERRAND, str(refund.id), tx.now, payload)


def _made(tx: Transaction, refund: ParkingRefund, given: Given) -> None:
    payment = tx.session.get_one(ParkingPayment, refund.payment_id)
    refund.state = RefundState.MADE
    refund.made_at = tx.now
    refund.error = ""
    enter(
        tx,
        lot_id=refund.lot_id,
        subject=refund.subject,
        subject_id=refund.subject_id,
        fen=-refund.fen,
        asked_at=payment.asked_at,
        provider=payment.provider,
        reference=given.reference,
        reason=refund.reason,
        at=given.at,
        refunds=payment.id,
        made_by=refund.made_by,
    )


def _failed(tx: Transaction, refund: ParkingRefund, error: str) -> None:
    refund.state = RefundState.FAILED
    refund.error = error[:500]
    tx.audit("parking-refund.failed", "parking_payment", refund.payment_id, {"refund": str(refund.id)})
