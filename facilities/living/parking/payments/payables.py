"""What money can be for: how each kind says what is owed, and hears that it was paid or given back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from facilities.living.parking.payments.model import PaidFor
from facilities.living.parking.stays.costs import cost_of
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.parking.stays.turns import take_turn
from shared.database import Aggregate
from shared.errors import NotFound
from shared.text import Text
from shared.transaction import Transaction

_NONE = Text("没有可支付的记录", "There is nothing of this kind to pay for")


@dataclass(frozen=True, slots=True)
class Owed:
    """How something stands that is paid for."""

    lot_id: UUID
    due_fen: int
    overpaid_fen: int = 0
    since: datetime | None = None
    """From when it is charged; None where that is not known or makes no sense."""
    leave_by: datetime | None = None
    """Until when one may leave on what was paid."""


class Payable(Protocol):
    """A kind of thing that money is for."""

    def take_turn(self, tx: Transaction, subject_id: UUID) -> None:
        """Wait for everybody else who works on it, before anything of it is read; NotFound without it."""
        ...

    def owed(self, session: Session, subject_id: UUID, now: datetime) -> Owed:
        """What is owed at a moment; NotFound without it."""
        ...

    def moved(self, tx: Transaction, subject_id: UUID, fen: int) -> tuple[Aggregate, UUID]:
        """Money has come in, or was given back (negative); whoever calls has the turn. Returns the row for
        whose events this is one, and its id.
        """
        ...

    def settled(self, tx: Transaction, subject_id: UUID) -> bool:
        """What an order has asked for was paid. False where it cannot be had any more: it goes back."""
        ...


class Stays:
    """Stays of cars, in the turn of the car."""

    def take_turn(self, tx: Transaction, subject_id: UUID) -> None:
        """The car's, not the stay's: a stay may be one with another, or become another."""
        stay = _stay(tx.session, subject_id)
        take_turn(tx, stay.lot_id, stay.mark)
        tx.session.refresh(stay)

    def owed(self, session: Session, subject_id: UUID, now: datetime) -> Owed:
        """By the tariff, after payments and coupons."""
        stay = _stay(session, subject_id)
        cost = cost_of(session, stay, now)
        return Owed(stay.lot_id, cost.due_fen, cost.overpaid_fen, stay.entered_at, cost.leave_by)

    def moved(self, tx: Transaction, subject_id: UUID, fen: int) -> tuple[Aggregate, UUID]:
        """Keep the sum on the stay."""
        stay = _stay(tx.session, subject_id)
        stay.paid_fen += fen
        stay.updated_at = tx.now
        return stay, stay.id

    def settled(self, tx: Transaction, subject_id: UUID) -> bool:
        """The car has parked already: whatever is owed may be paid."""
        return True


@dataclass(frozen=True, slots=True)
class Payables:
    """Every kind of thing that can be paid for here."""

    by_subject: Mapping[PaidFor, Payable]

    def of(self, subject: PaidFor) -> Payable:
        """The kind; NotFound where nothing of it is paid for here."""
        found = self.by_subject.get(subject)
        if found is None:
            raise NotFound(_NONE)
        return found


def _stay(session: Session, stay_id: UUID) -> ParkingStay:
    found = session.get(ParkingStay, stay_id)
    if found is None:
        raise NotFound(_NONE)
    return found
