"""Entering money: the payment's row, what it does to what it is for, the day's accounts, and the event.

Whoever calls has the turn of what the money is for.
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.living.parking.payments.events import announce
from facilities.living.parking.payments.model import (
    DifferenceKind,
    PaidFor,
    ParkingDay,
    ParkingDifference,
    ParkingOrder,
    ParkingPayment,
)
from facilities.living.parking.payments.payables import Payables
from shared.clock import PARK_TZ, local_date
from shared.database import insert_if_absent
from shared.ids import new_id
from shared.transaction import Transaction

DAY_ERRAND = "parking-day"
NIGHT = time(2, 0)
"""When the accounts of the day before are made, by the wall in Asia/Shanghai."""


def known(session: Session, provider: str, reference: str) -> ParkingPayment | None:
    """The payment that a provider knows by a reference."""
    query = sa.select(ParkingPayment).where(
        ParkingPayment.provider == provider, ParkingPayment.reference == reference
    )
    return session.scalar(query)


def enter(
    tx: Transaction,
    *,
    lot_id: UUID,
    subject: PaidFor,
    subject_id: UUID,
    fen: int,
    asked_at: datetime,
    provider: str,
    reference: str,
    reason: str = "",
    at: datetime | None = None,
    order: ParkingOrder | None = None,
    refunds: UUID | None = None,
    made_by: UUID | None = None,
) -> ParkingPayment | None:
    """Enter money that has come in, or was given back (negative); None where the reference is known already.

    `at` is when it happened by the provider's clock, which is not believed when it is ahead of ours, or when
    it says that the money came before anybody asked for it.
    """
    row = {
        "id": new_id(),
        "order_id": order.id if order else None,
        "refunds": refunds,
        "lot_id": lot_id,
        "subject": subject,
        "subject_id": subject_id,
        "fen": fen,
        "asked_at": asked_at,
        "provider": provider,
        "reference": reference,
        "reason": reason,
        "at": max(min(at or tx.now, tx.now), min(asked_at, tx.now)),
        "made_by": made_by,
    }
    tx.session.flush()
    if not insert_if_absent(tx.session, ParkingPayment, row):
        return None
    payment = tx.session.get_one(ParkingPayment, row["id"])
    about, about_id = tx.resource(Payables).of(subject).moved(tx, subject_id, fen)
    announce(tx, payment, about, about_id)
    count_day(tx, lot_id, provider, local_date(payment.at))
    details = {"payment": str(payment.id), "fen": fen, "provider": provider}
    tx.audit("parking-payment.entered", f"parking_{subject}", about_id, details)
    return payment


def count_day(tx: Transaction, lot_id: UUID, provider: str, day: date) -> None:
    """Let the accounts of a day be made in the night after; of one that is over, at once."""
    row = {"lot_id": lot_id, "day": day, "provider": provider, "made_at": None, "ours": None, "theirs": None}
    if insert_if_absent(tx.session, ParkingDay, row) or day < tx.today:
        appoint(tx, lot_id, provider, day)


def appoint(tx: Transaction, lot_id: UUID, provider: str, day: date, *, at_once: bool = False) -> None:
    """Make the accounts of a day: in the night after, or at once when that is over or wanted."""
    night = datetime.combine(day + timedelta(days=1), NIGHT, PARK_TZ)
    payload = {"lot_id": str(lot_id), "provider": provider, "day": day.isoformat()}
    when = tx.now if at_once else max(night, tx.now)
    tx.schedule(DAY_ERRAND, f"{lot_id}/{provider}/{day}", when, payload)


def note(
    tx: Transaction,
    kind: DifferenceKind,
    *,
    lot_id: UUID,
    day: date,
    provider: str,
    reference: str,
    ours_fen: int | None,
    theirs_fen: int | None,
) -> None:
    """Let the operator look at something; the same thing is noted once."""
    row = {
        "id": new_id(),
        "lot_id": lot_id,
        "day": day,
        "provider": provider,
        "reference": reference,
        "kind": kind,
        "ours_fen": ours_fen,
        "theirs_fen": theirs_fen,
        "found_at": tx.now,
        "settled_at": None,
        "settled_by": "",
        "note": "",
    }
    insert_if_absent(tx.session, ParkingDifference, row)
