"""Entering a payment and taking it back; each verb is one transaction that has the books to itself."""

from datetime import date
from uuid import UUID

from facilities.capacity.posting import paid
from facilities.capacity.statements import Month
from facilities.enterprises.queries import is_known
from facilities.production.payments.model import FirmPayment
from facilities.production.payments.policy import require_enters
from facilities.production.payments.queries import Entry, find_payment, under_reference
from facilities.production.payments.rules import Direction, require_owed, require_past, said, signed_fen
from facilities.production.statements import commands as books
from facilities.production.statements.queries import balance_of
from shared.errors import Conflict, FieldError, InvalidInput
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_UNKNOWN = Text("园区没有登记这家企业", "No such firm is registered in the park")
_ENTERED = Text("该企业的这个流水号已经登记", "A payment of the firm under this reference has been entered")
_UNDOES = Text("更正：{what}（{why}）", "Correction: {what} ({why})")


def enter(
    tx: Transaction, *, firm: str, direction: Direction, amount_fen: int, paid_on: date, reference: str
) -> Entry:
    """Post what has come from a firm, or has gone to it, in the month that is open; the amount is in fen.

    Raises Forbidden for others than the park, InvalidInput for a firm that is not registered and a day to
    come, Conflict for a reference that stands already and for more than the firm is owed.
    """
    require_enters(tx.actor)
    require_past(paid_on, tx.today)
    if not is_known(tx.session, firm):
        raise InvalidInput(errors=[FieldError("/firm", "unknown", _UNKNOWN)])
    at = books.hold(tx)
    earlier = under_reference(tx.session, firm, direction, reference)
    if any(each.counter is None for each in earlier):
        raise Conflict(_ENTERED, slug="payment-entered")
    require_owed(direction, amount_fen, balance_of(tx.session, firm, Month.of(at)).closing_fen)
    payment = FirmPayment(
        id=new_id(),
        firm=firm,
        direction=direction,
        amount_fen=amount_fen,
        paid_on=paid_on,
        reference=reference,
        number=len(earlier) + 1,
        entered_at=tx.now,
        entered_by=tx.actor.id,
    )
    tx.session.add(payment)
    what = said(direction, paid_on, reference)
    books.pay(tx, paid(payment.id, firm, signed_fen(direction, amount_fen), at, what))
    details = {"firm": firm, "direction": direction.value, "fen": amount_fen}
    tx.audit("firm-payment.entered", "firm_payment", payment.id, details, begins=True)
    return Entry(payment)


def take_back(tx: Transaction, payment_id: UUID, reason: str) -> Entry:
    """Undo a payment that was entered wrongly by a counter-entry; its reference is free again.

    Raises Forbidden for others than the park, NotFound, and Conflict when it has been taken back already.
    """
    require_enters(tx.actor)
    books.hold(tx)
    payment = find_payment(tx.session, payment_id, None).payment
    what = said(payment.direction, payment.paid_on, payment.reference)
    books.undo(tx, payment.id, 1, None, _UNDOES.format(what=what, why=reason))
    tx.audit("firm-payment.taken-back", "firm_payment", payment.id, {"firm": payment.firm})
    return find_payment(tx.session, payment_id, None)
