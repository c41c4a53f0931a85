"""Correcting what was charged: a counter-entry beside the line that was wrong, and what is right anew.

The owner may take back or lower what it has charged; what was given back only those who run the park may
undo, since that is to the customer's cost. Only what has ended is corrected: until then the price agreed,
the run and the cancellation rules say what is owed.
"""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from facilities.capacity.bookings.keeping import save
from facilities.capacity.bookings.model import Booking
from facilities.capacity.lifecycle import OPEN, STATE_NAMES, Party
from facilities.production.machines.bookings.charging import (
    CORRECTION,
    DEPOSIT_CORRECTION,
    add_lines,
    balance_of,
    charges_of,
    is_deposit,
    line_of,
    number_of_undoing,
    post,
)
from facilities.production.machines.bookings.commands import Opened, note
from facilities.production.machines.model import Charge, MachineBooking
from facilities.production.machines.policy import parties
from facilities.production.statements import commands as books
from facilities.production.statements.model import PostingLine
from facilities.production.statements.queries import lines_about
from shared.actor import Actor
from shared.errors import Conflict, FieldError, Forbidden, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

CORRECTS_ALL = ("manager",)

_NOT_ENDED = Text("预订当前为“{state}”，结束后才能更正", "The booking is “{state}”, and has not ended")
_NOT_OWNER = Text(
    "只有设备所属企业可以更正收费；已退回的款项由园区更正",
    "Only the owner corrects what it has charged, and only the park what was given back",
)
_NO_LINE = Text("这个预订没有这一笔", "The booking has no such line")
_NOT_LESS = Text("更正后的金额应小于原金额", "It has to be less than what the line says")
_TOO_MUCH = Text(
    "更正后退回的将多于客户已付的（含让步接收和争议的金额）",
    "More would have come back than the customer has paid, with what was conceded and decided",
)
_UNDOES = Text("更正：{what}（{why}）", "Correction: {what} ({why})")
_ANEW = Text("{what}（更正后）", "{what} (corrected)")


def correct(tx: Transaction, it: Opened, charge_id: UUID, reason: str, instead_fen: int) -> Opened:
    """Counter one line on both sides, once, and enter what is right instead, if anything is.

    `instead_fen` is the right amount of the line, towards nothing; 0 leaves nothing. Raises Forbidden,
    InvalidInput, or Conflict where the booking has not ended or the line is not (or no more) to be undone.
    """
    lines = charges_of(tx.session, it.booking.id)
    wrong = next((line for line in lines if line.id == charge_id), None)
    party = _party(tx.actor, it.kept, wrong)
    if it.booking.state in OPEN:
        raise Conflict(_NOT_ENDED.format(state=STATE_NAMES[it.booking.state]), slug="wrong-state")
    if wrong is None or not wrong.amount_fen:
        raise InvalidInput(errors=[FieldError("/charge_id", "unknown", _NO_LINE)])
    if instead_fen >= abs(wrong.amount_fen):
        raise InvalidInput(errors=[FieldError("/instead_fen", "not_less", _NOT_LESS)])
    _turn(tx, it.booking)
    sequence = sequences_of(tx.session, it.booking.id)[wrong.id].sequence
    why = _UNDOES.format(what=Text.of(wrong.text), why=reason)
    kind = DEPOSIT_CORRECTION if is_deposit(wrong) else CORRECTION
    # Numbered by what it undoes: the key of the table lets it in once.
    number = number_of_undoing(wrong, sequence)
    counter = line_of(tx, it.booking.id, (kind, why, -wrong.amount_fen), number)
    books.undo(tx, it.booking.id, sequence, counter.id, why)
    tx.session.add(counter)
    moved = counter.amount_fen
    if instead_fen:
        right = instead_fen if wrong.amount_fen > 0 else -instead_fen
        said = (wrong.reason, _ANEW.format(what=Text.of(wrong.text)), right)
        post(tx, it.booking.id, add_lines(tx, it.booking.id, [said], _numbers(lines)))
        moved += right
    if balance_of(tx.session, it.booking.id) < 0:
        raise Conflict(_TOO_MUCH, slug="posting-given-back")
    details = {"charge": str(wrong.id), "counter": str(counter.id)}
    tx.audit("machine-booking.corrected", "booking", it.booking.id, details, on_behalf_of=it.kept.owner)
    return note(tx, it, "corrected", party, reason, moved)


def correctable(
    reader: Actor, it: Opened, lines: Sequence[Charge], posted: dict[UUID, PostingLine]
) -> frozenset[UUID]:
    """Ids of the lines that the reader may correct now."""
    if it.booking.state in OPEN:
        return frozenset()
    undone = {each.corrects for each in posted.values()}
    return frozenset(
        line.id
        for line in lines
        if line.id in posted
        and posted[line.id].corrects is None
        and posted[line.id].sequence not in undone
        and _may(reader, it.kept, line)
    )


def sequences_of(session: Session, booking_id: UUID) -> dict[UUID, PostingLine]:
    """By the id of each line of a booking, the customer's side of its posting."""
    return {
        line.line_id: line
        for line in lines_about(session, booking_id)
        if line.line_id is not None and line.side == "customer"
    }


def _party(actor: Actor, kept: MachineBooking, line: Charge | None) -> Party:
    if actor.has_role(*CORRECTS_ALL):
        return Party.SYSTEM
    if Party.PROVIDER not in parties(actor, kept) or (line is not None and not _may(actor, kept, line)):
        raise Forbidden(_NOT_OWNER)
    return Party.PROVIDER


def _may(actor: Actor, kept: MachineBooking, line: Charge) -> bool:
    if actor.has_role(*CORRECTS_ALL):
        return True
    return Party.PROVIDER in parties(actor, kept) and line.amount_fen > 0


def _turn(tx: Transaction, booking: Booking) -> None:
    """Write the booking, whose state stays: of two who correct at once the later one meets its version."""
    flag_modified(booking, "updated_at")
    save(tx, booking)


def _numbers(lines: Sequence[Charge]) -> Counter[str]:
    found: Counter[str] = Counter()
    for line in lines:
        found[line.reason] = max(found[line.reason], line.seq)
    return found
