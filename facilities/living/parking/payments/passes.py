"""Passes are paid for by periods: months that were ordered at once, at a price that stays."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.payments.model import PaidFor, ParkingPayment
from facilities.living.parking.payments.payables import Owed
from facilities.living.parking.rights.passes.commands import paid
from facilities.living.parking.rights.passes.model import PassPeriod, PeriodState
from shared.database import Aggregate, take_turns
from shared.errors import NotFound
from shared.text import Text
from shared.transaction import Transaction

_NONE = Text("没有可支付的月卡", "There is no pass to be paid for")


class PassPeriods:
    """Periods of passes, in the turn of the pass's money: it is taken before the ledger of its zone."""

    def take_turn(self, tx: Transaction, subject_id: UUID) -> None:
        """One at a time handles money for a pass."""
        period = _period(tx.session, subject_id)
        take_turns(tx.session, f"parking-pass-money/{period.pass_id}")
        tx.session.refresh(period.of)
        tx.session.refresh(period)

    def owed(self, session: Session, subject_id: UUID, now: datetime) -> Owed:
        """Its price, less what was paid; nothing once it is paid. What has lapsed may be had again."""
        period = _period(session, subject_id)
        query = sa.select(sa.func.coalesce(sa.func.sum(ParkingPayment.fen), 0)).where(
            ParkingPayment.subject == PaidFor.PASS, ParkingPayment.subject_id == period.id
        )
        due = 0 if period.state is PeriodState.PAID else period.price_fen - int(session.scalars(query).one())
        return Owed(period.of.lot_id, max(due, 0))

    def moved(self, tx: Transaction, subject_id: UUID, fen: int) -> tuple[Aggregate, UUID]:
        """The pass keeps no sum."""
        period = _period(tx.session, subject_id)
        period.of.updated_at = tx.now
        return period.of, period.of.id

    def settled(self, tx: Transaction, subject_id: UUID) -> bool:
        """Its bays are booked, if they can be had."""
        return paid(tx, subject_id)


def _period(session: Session, period_id: UUID) -> PassPeriod:
    found = session.get(PassPeriod, period_id)
    if found is None:
        raise NotFound(_NONE)
    return found
