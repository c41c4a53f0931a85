"""Payments as their readers get them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from facilities.enterprises.queries import firm_names
from facilities.production.payments.policy import may_enter
from facilities.production.payments.queries import Entry
from facilities.production.payments.rules import DIRECTION_NAMES
from shared.actor import Actor


def payments_out(session: Session, found: Sequence[Entry], reader: Actor) -> list[dict[str, Any]]:
    """Payments with the names of their firms; one query for all."""
    names = firm_names(session, [each.payment.firm for each in found])
    return [
        {
            "id": str(payment.id),
            "firm": payment.firm,
            "firm_name": names[payment.firm],
            "direction": payment.direction.value,
            "direction_name": DIRECTION_NAMES[payment.direction].to_dict(),
            "amount_fen": payment.amount_fen,
            "paid_on": payment.paid_on.isoformat(),
            "reference": payment.reference,
            "entered_at": payment.entered_at.isoformat(),
            "taken_back_at": counter.posted_at.isoformat() if counter else None,
            "taken_back_for": counter.what if counter else None,
            "may_take_back": counter is None and may_enter(reader),
        }
        for payment, counter in ((each.payment, each.counter) for each in found)
    ]
