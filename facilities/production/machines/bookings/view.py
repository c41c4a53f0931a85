"""Bookings of machines as their two sides see them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from facilities.capacity.bookings.keeping import in_time, no_show_at
from facilities.capacity.bookings.model import Booking
from facilities.capacity.cancelling import offers
from facilities.capacity.lifecycle import STATE_NAMES, VERBS, Party, State, allows
from facilities.enterprises.queries import firm_names
from facilities.production.machines.bookings.charging import balance_of, charges_of, paid_of
from facilities.production.machines.bookings.commands import Opened, cancelling, terms_of
from facilities.production.machines.bookings.correcting import correctable, sequences_of
from facilities.production.machines.bookings.moving import Preview
from facilities.production.machines.bookings.queries import history_of, runs_of
from facilities.production.machines.model import Charge, Machine, MachineBooking
from facilities.production.machines.policy import allowed_to, parties
from facilities.production.machines.queries import machines_by_id
from facilities.production.machines.reasons import in_words
from facilities.production.machines.view import broken_out, offers_out, span_out
from facilities.production.statements.model import PostingLine
from shared.actor import Actor

Json = dict[str, Any]

_OFFERED = tuple(verb for verb in VERBS if verb != "expire")


def summaries(session: Session, found: Sequence[tuple[Booking, MachineBooking]]) -> list[Json]:
    """Bookings in a list; two queries for all their names."""
    machines = machines_by_id(session, [kept.machine_id for _, kept in found])
    firms = firm_names(session, sorted({code for _, kept in found for code in (kept.customer, kept.owner)}))
    return [_summary(booking, kept, machines, firms) for booking, kept in found]


def whole(session: Session, it: Opened, reader: Actor, now: datetime) -> Json:
    """One booking with its price, its lines and its history, and what its reader may do with it now."""
    booking, kept, known = it.booking, it.kept, it.known
    if known is None:
        (summary,) = summaries(session, [(booking, kept)])
    else:
        summary = _summary(booking, kept, {kept.machine_id: known.machine}, known.firms)
    # What is only held costs nothing and has not run: whoever has just booked is not kept waiting for that.
    begun = booking.state is not State.HELD
    charges = charges_of(session, booking.id) if begun else []
    runs = runs_of(session, booking.id) if begun else []
    posted = sequences_of(session, booking.id) if begun else {}
    may_correct = correctable(reader, it, charges, posted)
    return {
        **summary,
        "purpose": kept.purpose,
        "with_operator": kept.with_operator,
        "pieces": kept.pieces,
        "needs_approval": booking.policy.needs_approval,
        "price_lines": booking.price_lines or [],
        "cancellation": kept.cancelling.to_json(),
        "reason": booking.reason,
        "reason_text": in_words(booking.reason),
        "started_at": _moment(booking.started_at),
        "ended_at": _moment(booking.ended_at),
        "no_show_at": _moment(no_show_at(booking, booking.starts_at)),
        "charges": [_charge(each, posted, each.id in may_correct) for each in charges],
        "balance_fen": sum(each.amount_fen for each in charges),
        "runs": [
            {"started_at": each.started_at.isoformat(), "ended_at": each.ended_at.isoformat()}
            for each in runs
        ],
        "history": [
            {
                "step": each.step,
                "by": each.party.value,
                "at": each.at.isoformat(),
                "reason": each.reason,
                "reason_text": in_words(each.reason),
            }
            for each in (known.history if known else history_of(session, booking.id))
        ],
        "sides": [party.value for party in parties(reader, kept)],
        "actions": _actions(reader, booking, kept, now),
    }


def _charge(line: Charge, posted: Mapping[UUID, PostingLine], may_correct: bool) -> Json:
    standing = posted.get(line.id)  # what is no amount is not posted
    number = standing.sequence if standing else None
    return {
        "id": str(line.id),
        "number": number,
        "reason": line.reason,
        "seq": line.seq,
        "text": line.text,
        "amount_fen": line.amount_fen,
        "made_at": line.made_at.isoformat(),
        "corrects": standing.corrects if standing else None,
        "corrected": number is not None and any(each.corrects == number for each in posted.values()),
        "may_correct": may_correct,
    }


def preview(session: Session, it: Opened, party: Party, now: datetime) -> Json:
    """What would come back if this side cancelled now, and what the customer gets back later."""
    outcome = cancelling(session, it, party, now)
    paid = paid_of(session, it.booking.id)
    found = offers(terms_of(it), paid, it.booking.starts_at, now)
    return {
        "by": party.value,
        "refund_fen": outcome.refund_fen,
        "lines": [{"what": line.what.to_dict(), "amount_fen": line.amount_fen} for line in outcome.lines],
        "offers": offers_out(found),
    }


def move_preview(session: Session, it: Opened, party: Party, found: Preview) -> Json:
    """What this side's move would bring."""
    paid, balance = paid_of(session, it.booking.id), balance_of(session, it.booking.id)
    answer = {
        "by": party.value,
        "bookable": found.move is not None and found.free >= it.booking.quantity,
        "free": found.free,
        "broken": [broken_out(each) for each in found.broken],
        "alternatives": [{"kind": each.kind, **span_out(each.span)} for each in found.alternatives],
        "needs_approval": False,
        "price_lines": [],
        "price_fen": None,
        "deposit_fen": None,
        "returned": [],
        "kept_fen": 0,
        "balance_fen": balance,
        "balance_after_fen": None,
    }
    if found.move is None:
        return answer
    price, back = found.move.price, found.move.returned
    total = price.total_fen + price.deposit_fen
    return {
        **answer,
        "needs_approval": found.move.approval,
        "price_lines": [line.to_json() for line in price.lines],
        "price_fen": price.total_fen,
        "deposit_fen": price.deposit_fen,
        "returned": [
            {"what": line.what.to_dict(), "amount_fen": line.amount_fen}
            for line in back.lines
            if paid.price_fen or paid.deposit_fen
        ],
        "kept_fen": paid.price_fen + paid.deposit_fen - back.refund_fen + back.due_fen,
        "balance_after_fen": balance - back.refund_fen + back.due_fen + total,
    }


def _actions(reader: Actor, booking: Booking, kept: MachineBooking, now: datetime) -> list[str]:
    sides = parties(reader, kept)
    return [
        verb
        for verb in _OFFERED
        if allows(verb, booking.state)
        and in_time(verb, booking, now)
        and any(allowed_to(verb, party) for party in sides)
    ]


def _summary(
    booking: Booking, kept: MachineBooking, machines: Mapping[UUID, Machine], firms: Mapping[str, str]
) -> Json:
    return {
        "id": str(booking.id),
        "series_id": str(booking.series_id) if booking.series_id else None,
        "machine_id": str(kept.machine_id),
        "machine_name": machines[kept.machine_id].name,
        "place": machines[kept.machine_id].place,
        "customer": kept.customer,
        "customer_name": firms[kept.customer],
        "owner": kept.owner,
        "owner_name": firms[kept.owner],
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "quantity": booking.quantity,
        "state": booking.state.value,
        "state_name": STATE_NAMES[booking.state].to_dict(),
        "expires_at": _moment(booking.expires_at),
        "price_fen": booking.price_fen or 0,
        "deposit_fen": kept.deposit_fen,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
