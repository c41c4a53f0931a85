"""Paying for passes through a provider: an order is for a pass, and pays the months ordered last."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from facilities.capacity.ledger.locking import lock
from facilities.living.parking.lots.model import Zone
from facilities.living.parking.payments.payables import Owed
from facilities.living.parking.rights.passes import commands
from facilities.living.parking.rights.passes.model import ParkingPass, PassPeriod, PeriodState
from shared.database import Aggregate
from shared.errors import NotFound
from shared.text import Text
from shared.transaction import Transaction

_NONE = Text("没有这张月卡，或您无权查看", "There is no such pass, or you may not see it")


class Passes:
    """Passes, in the turn of the ledger of their zone."""

    def take_turn(self, tx: Transaction, subject_id: UUID) -> None:
        """The zone's, as everybody takes it who settles a period."""
        it = _pass(tx.session, subject_id)
        lock(tx.session, [tx.session.get_one(Zone, it.zone_id).ledger_id])
        tx.session.refresh(it, with_for_update=True)
        for period in it.periods:
            tx.session.refresh(period)

    def owed(self, session: Session, subject_id: UUID, now: datetime) -> Owed:
        """The price of the months that were ordered last and are not paid."""
        it = _pass(session, subject_id)
        period = _unpaid(it)
        return Owed(it.lot_id, 0 if period is None else period.price_fen)

    def accept(self, tx: Transaction, subject_id: UUID, fen: int) -> bool:
        """Book its bays: all of its price has come, and they are still to be had."""
        period = _unpaid(_pass(tx.session, subject_id))
        return period is not None and fen >= period.price_fen > 0 and commands.paid(tx, period.id)

    def moved(self, tx: Transaction, subject_id: UUID, fen: int) -> Aggregate:
        """Nothing to note: its periods say what is paid."""
        return _pass(tx.session, subject_id)


def _pass(session: Session, pass_id: UUID) -> ParkingPass:
    found = session.get(ParkingPass, pass_id)
    if found is None:
        raise NotFound(_NONE)
    return found


def _unpaid(it: ParkingPass) -> PassPeriod | None:
    """The months ordered last; None once they are paid."""
    last = max(it.periods, key=lambda each: each.number, default=None)
    return None if last is None or last.state is PeriodState.PAID else last
