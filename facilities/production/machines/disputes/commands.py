"""Disputes: opened with a claim, argued with evidence; settled, decided by the park, or withdrawn."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from facilities.capacity.lifecycle import OPEN, Party, State
from facilities.capacity.lifecycle import STATE_NAMES as BOOKING_STATES
from facilities.production.machines.after_use import offers
from facilities.production.machines.after_use.limits import limits
from facilities.production.machines.after_use.offers import About, OfferState
from facilities.production.machines.after_use.opening import other, say, side_of
from facilities.production.machines.bookings.charging import charge, charges_of
from facilities.production.machines.bookings.commands import Opened
from facilities.production.machines.disputes.model import Dispute, Evidence
from facilities.production.machines.disputes.policy import require_decides
from facilities.production.machines.disputes.queries import standing_dispute
from facilities.production.machines.disputes.rules import (
    STATE_NAMES,
    DisputeState,
    Reason,
    allows,
    moved_fen,
    ripe,
)
from facilities.production.machines.policy import parties
from facilities.production.machines.ratings.revealing import expect_ratings
from shared.errors import Conflict, Forbidden, PreconditionFailed
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction
from shared.uploads.inspection import InspectedUpload

CHARGE = "dispute"
NOTHING_CAME = (State.REJECTED, State.EXPIRED)
"""May be argued about only where something was kept of a time from which it had been moved."""

_SETTLED = Text("争议和解", "Settlement of a dispute")
_DECIDED = Text("争议裁定", "Decision of a dispute")
_BOOKING = Text("预订当前为“{state}”，不能提出争议", "The booking is “{state}”; it cannot be disputed now")
_LATE = Text("已超过园区规定的{days}天争议期限", "The park's own limit of {days} days for disputes is over")
_TWICE = Text("该预订已有争议", "There is a dispute about the booking already")
_STATE = Text("争议当前为“{state}”，不能这样办理", "The dispute is “{state}”; this cannot be done now")
_NO_OFFER = Text("没有待答复的和解方案", "There is no offer to answer")
_OWN = Text("不能同意自己提出的方案", "Nobody agrees to their own offer")
_OPENER = Text("只有提出争议的一方可以撤回", "Only the side that has opened it may withdraw it")
_WAIT = Text("对方仍在答复期限内，尚不能裁定", "The other side has time left to answer; please wait for it")
_FULL = Text("一个争议最多{most}份陈述和证据", "One dispute holds {most} statements and files at most")


def open_dispute(tx: Transaction, it: Opened, reason: Reason, text: str, claimed_fen: int) -> Dispute:
    """One side claims an amount, within the limit after the end.

    Raises Forbidden, Conflict, InvalidInput where the customer wants back more than was paid.
    """
    party = side_of(tx.actor, it.kept)
    state = it.booking.state
    if state in OPEN or (state in NOTHING_CAME and not charges_of(tx.session, it.booking.id)):
        raise Conflict(_BOOKING.format(state=BOOKING_STATES[state]), slug="wrong-state")
    if tx.now >= _ended(it) + limits().to_dispute:
        raise Conflict(_LATE.format(days=limits().dispute_days), slug="too-late")
    if standing_dispute(tx.session, it.booking.id) is not None:
        raise Conflict(_TWICE, slug="dispute-open")
    if party is Party.CUSTOMER:
        offers.require_paid(tx.session, it.booking.id, claimed_fen, "/claimed_fen")
    made = Dispute(
        id=new_id(),
        booking_id=it.booking.id,
        customer=it.kept.customer,
        owner=it.kept.owner,
        opened_by=party,
        reason=reason,
        text=text,
        claimed_fen=claimed_fen,
        state=DisputeState.OPEN,
        opened_at=tx.now,
        answer_by=tx.now + limits().to_answer_dispute,
        changed_at=tx.now,
    )
    tx.session.add(made)
    tx.session.flush()
    details = {"dispute": str(made.id), "reason": reason.value, "claimed_fen": claimed_fen}
    say(tx, it, "dispute-opened", party, reason=text, amount_fen=claimed_fen, details=details)
    return made


def state_something(tx: Transaction, it: Opened, dispute: Dispute, text: str) -> None:
    """One side says something; the first that the other side says is its answer."""
    party = _using(tx, it, dispute, "state")
    _enter(tx, it, dispute, Evidence(text=text), party, _next(tx, dispute))


def hand_in(tx: Transaction, it: Opened, dispute: Dispute, number: int, found: InspectedUpload) -> None:
    """One side hands in a file, judged and stored, under the next number; PreconditionFailed for another."""
    party = _using(tx, it, dispute, "evidence")
    if number != _next(tx, dispute):
        raise PreconditionFailed
    made = Evidence(
        sha256=found.sha256, file_name=found.file_name, media_type=found.media_type, size=found.size
    )
    _enter(tx, it, dispute, made, party, number)


def offer(tx: Transaction, it: Opened, dispute: Dispute, amount_fen: int, text: str) -> None:
    """Either side offers to settle for an amount that goes to whoever has opened the dispute."""
    party = _using(tx, it, dispute, "offer")
    _require_possible(tx, dispute, amount_fen)
    offers.make(tx, it, About.SETTLEMENT, party, amount_fen, text)
    _touch(tx, dispute)
    details = {"dispute": str(dispute.id), "amount_fen": amount_fen}
    say(tx, it, "settlement-proposed", party, reason=text or None, amount_fen=amount_fen, details=details)


def agree(tx: Transaction, it: Opened, dispute: Dispute) -> None:
    """The other side agrees: the dispute is settled, and the amount entered as a line of its own."""
    party = _using(tx, it, dispute, "agree")
    open_now = offers.open_offer(tx.session, it.booking.id, About.SETTLEMENT)
    if open_now is None:
        raise PreconditionFailed
    _require_possible(tx, dispute, open_now.amount_fen)
    offers.end(tx, open_now, OfferState.AGREED)
    moved = _close(tx, it, dispute, DisputeState.SETTLED, open_now.amount_fen, _SETTLED)
    details = {"dispute": str(dispute.id), "moved_fen": moved}
    say(tx, it, "dispute-settled", party, moved_fen=moved, details=details)
    expect_ratings(tx, it)


def decline(tx: Transaction, it: Opened, dispute: Dispute, reason: str) -> None:
    """Either side ends the offer: whoever made it takes it back."""
    party = _using(tx, it, dispute, "decline")
    open_now = offers.open_offer(tx.session, it.booking.id, About.SETTLEMENT)
    if open_now is None:
        raise PreconditionFailed
    offers.end(tx, open_now, OfferState.WITHDRAWN if party is open_now.party else OfferState.DECLINED)
    _touch(tx, dispute)
    say(tx, it, "settlement-ended", party, reason=reason or None, details={"dispute": str(dispute.id)})


def withdraw(tx: Transaction, it: Opened, dispute: Dispute) -> None:
    """Whoever has opened it does not go on with it."""
    party = _using(tx, it, dispute, "withdraw")
    _lapse(tx, it)
    dispute.state, dispute.closed_at, dispute.changed_at = DisputeState.WITHDRAWN, tx.now, tx.now
    say(tx, it, "dispute-withdrawn", party, details={"dispute": str(dispute.id)})
    expect_ratings(tx, it)


def decide(tx: Transaction, it: Opened, dispute: Dispute, amount_fen: int, reason: str) -> None:
    """The park's operator decides what whoever has opened it gets, and says why.

    Raises Forbidden, Conflict before the other side has answered or had its time, InvalidInput.
    """
    require_decides(tx.actor, dispute)
    if dispute.closed_at is not None:
        raise Conflict(_STATE.format(state=STATE_NAMES[dispute.state]), slug="wrong-state")
    if not ripe(dispute.state, dispute.answer_by, tx.now):
        raise Conflict(_WAIT, slug="not-answered")
    _require_possible(tx, dispute, amount_fen)
    _lapse(tx, it)
    dispute.decision, dispute.decided_by = reason, tx.actor.id
    moved = _close(tx, it, dispute, DisputeState.DECIDED, amount_fen, _DECIDED)
    details = {"dispute": str(dispute.id), "moved_fen": moved}
    say(tx, it, "dispute-decided", Party.SYSTEM, reason=reason, moved_fen=moved, details=details)
    expect_ratings(tx, it)


def _using(tx: Transaction, it: Opened, dispute: Dispute, verb: str) -> Party:
    """On which side somebody uses the verb now; Forbidden or Conflict otherwise."""
    side_of(tx.actor, it.kept)
    open_now = offers.open_offer(tx.session, it.booking.id, About.SETTLEMENT)
    proposer = open_now.party if open_now else None
    for party in parties(tx.actor, it.kept):
        if allows(verb, dispute.state, party, dispute.opened_by, proposer):
            return party
    if dispute.closed_at is not None:
        raise Conflict(_STATE.format(state=STATE_NAMES[dispute.state]), slug="wrong-state")
    if verb == "withdraw":
        raise Forbidden(_OPENER)
    if proposer is None:
        raise Conflict(_NO_OFFER, slug="wrong-state")
    raise Forbidden(_OWN)


def _require_possible(tx: Transaction, dispute: Dispute, amount_fen: int) -> None:
    if dispute.opened_by is Party.CUSTOMER:
        offers.require_paid(tx.session, dispute.booking_id, amount_fen, "/amount_fen")


def _enter(tx: Transaction, it: Opened, dispute: Dispute, made: Evidence, party: Party, number: int) -> None:
    if number > limits().most_evidence:
        raise Conflict(_FULL.format(most=limits().most_evidence))
    made.dispute_id, made.number, made.party = dispute.id, number, party
    made.made_at, made.made_by = tx.now, tx.actor.id
    tx.session.add(made)
    _touch(tx, dispute)
    if dispute.state is DisputeState.OPEN and party is other(dispute.opened_by):
        dispute.state = DisputeState.ANSWERED
    tx.session.flush()
    details = {"dispute": str(dispute.id), "number": number, "sha256": made.sha256}
    say(tx, it, "dispute-stated", party, reason=made.text, details=details)


def _touch(tx: Transaction, dispute: Dispute) -> None:
    """What is said, offered and declined stands beside the dispute; its version goes up for each of them.

    Also for the second within one tick of the clock.
    """
    dispute.changed_at = tx.now
    flag_modified(dispute, "changed_at")


def _next(tx: Transaction, dispute: Dispute) -> int:
    query = sa.select(sa.func.max(Evidence.number)).where(Evidence.dispute_id == dispute.id)
    return (tx.session.scalar(query) or 0) + 1


def _lapse(tx: Transaction, it: Opened) -> None:
    open_now = offers.open_offer(tx.session, it.booking.id, About.SETTLEMENT)
    if open_now is not None:
        offers.end(tx, open_now, OfferState.LAPSED)


def _close(
    tx: Transaction, it: Opened, dispute: Dispute, state: DisputeState, amount_fen: int, said: Text
) -> int:
    """End it with an amount; returns what the customer owes more (negative: less), in fen."""
    dispute.state, dispute.amount_fen = state, amount_fen
    dispute.closed_at, dispute.changed_at = tx.now, tx.now
    moved = moved_fen(dispute.opened_by, amount_fen)
    return charge(tx, it.booking.id, [(CHARGE, said, moved)] if moved else [])


def _ended(it: Opened) -> datetime:
    return it.booking.ended_at or it.booking.ends_at
