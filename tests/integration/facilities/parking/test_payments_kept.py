"""What the database itself holds to about money for parking."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from facilities.living.parking.payments.model import CASH, PaidFor, ParkingPayment, ParkingRefund, RefundState
from facilities.living.service import service as living
from shared.ids import new_id
from shared.service import Runtime
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import OPERATOR, car_park


def _paid(runtime: Runtime, lot: UUID, fen: int) -> UUID:
    with runtime.transaction(OPERATOR) as tx:
        payment = ParkingPayment(
            id=new_id(),
            lot_id=lot,
            subject=PaidFor.STAY,
            subject_id=new_id(),
            fen=fen,
            asked_at=tx.now,
            provider=CASH,
            reference="R-1",
            reason="",
            at=tx.now,
        )
        tx.session.add(payment)
    return payment.id


def _refund(payment: UUID, lot: UUID, runtime: Runtime, *, fen: int, before: int) -> None:
    with runtime.transaction(OPERATOR) as tx:
        tx.session.add(
            ParkingRefund(
                id=new_id(),
                payment_id=payment,
                lot_id=lot,
                subject=PaidFor.STAY,
                subject_id=new_id(),
                fen=fen,
                before_fen=before,
                of_fen=500,
                reason="",
                state=RefundState.PENDING,
                asked_at=tx.now,
            )
        )


def test_a_payment_is_never_changed_and_its_refunds_fit_in_it(make_system: SystemFactory) -> None:
    system = make_system([living])
    runtime = system.runtime("living")
    lot = car_park(runtime).lot
    payment = _paid(runtime, lot, 500)
    for change in (sa.update(ParkingPayment).values(fen=1), sa.delete(ParkingPayment)):
        with pytest.raises(DBAPIError, match="only grows"), runtime.transaction(OPERATOR) as tx:
            tx.session.execute(change)
    with pytest.raises(IntegrityError):  # the same receipt again
        _paid(runtime, lot, 500)
    _refund(payment, lot, runtime, fen=300, before=0)
    for fen, before in ((200, 0), (201, 300)):  # from where another begins, and more than is left
        with pytest.raises(IntegrityError):
            _refund(payment, lot, runtime, fen=fen, before=before)
    _refund(payment, lot, runtime, fen=200, before=300)
