"""Booking a machine again and again for a firm, and deciding, changing or giving up many at once.

Each verb is one transaction over all occurrences that it concerns; both sides are told once. What happens to
one occurrence is the step for single bookings: price, terms and history are its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from facilities.capacity.bookings.model import Booking
from facilities.capacity.bookings.policy import is_overdue
from facilities.capacity.lifecycle import Party, State
from facilities.capacity.recurring import changing
from facilities.capacity.recurring import commands as recurring
from facilities.capacity.recurring.changing import Ahead, Exchange, Scope, Terms, Times, Which
from facilities.capacity.recurring.commands import Mode, Outcome
from facilities.capacity.recurring.model import BookingSeries
from facilities.capacity.recurring.planning import SeriesOrder, with_skipped
from facilities.capacity.recurring.queries import known
from facilities.capacity.rules import Wish, violations
from facilities.capacity.series import Occurrence, Series
from facilities.production.machines.bookings.charging import paid_of
from facilities.production.machines.bookings.commands import (
    Opened,
    Tie,
    approve,
    cancel_as,
    cancelling,
    confirm_as,
    keep_one_of_many,
    reject,
    require_bookable,
)
from facilities.production.machines.model import TRADE, Machine, MachineBooking
from facilities.production.machines.policy import acting, require_member, visible_machine
from facilities.production.machines.queries import find_machine, offered_each
from facilities.production.machines.reasons import REPLACED, as_kept
from facilities.production.machines.series.events import Told, announce_series
from facilities.production.machines.series.model import MachineSeries
from facilities.production.machines.series.queries import Recurring, balances_of, kept_of
from facilities.production.machines.wishes import MachineWish, own_machine, resource_of
from shared.clock import PARK_TZ
from shared.errors import Conflict, FieldError, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

EXTENSION_TIMER = "machine-series-extension"

NOT_OFFERED = Text("该设备当前不可预订", "The machine is not offered now")
_NOTHING_WAITS = Text("没有待审批的预订", "No booking of the series waits for approval")
_LATE = Text(
    "现在更改会产生取消费用，请单独取消该次预订",
    "Giving it up now would cost something; cancel that booking by itself",
)
_NIGHT_MIN = 240
"""Minutes after midnight over which the appointments of a night are spread."""


@dataclass(frozen=True, slots=True)
class Recurs:
    """When a machine is wanted: the first time, how it recurs, and wall times that are left out."""

    first: MachineWish
    pattern: Series
    skipped: tuple[datetime, ...] = ()

    def order(self, machine: Machine, customer: str | None) -> SeriesOrder:
        """What the engine is asked for; InvalidInput where dates are left out that there are not."""
        pattern = with_skipped(self.pattern, self.skipped) if self.skipped else self.pattern
        resource = resource_of(machine, with_operator=self.first.with_operator)
        return SeriesOrder(TRADE, resource, pattern, self.first.wish.quantity, machine.policy, customer)


@dataclass(frozen=True, slots=True)
class Refund:
    """What would come back of an occurrence, in fen."""

    ahead: Ahead
    fen: int


@dataclass(frozen=True, slots=True)
class Done:
    """A series after a step, and what has become of the occurrences concerned."""

    it: Recurring
    outcome: Outcome


def book(
    tx: Transaction, machine_id: UUID, on_behalf_of: str, recurs: Recurs, purpose: str, mode: Mode
) -> Done:
    """Book a machine again and again: confirmed, or for the owner to approve, as far as the horizon reaches.

    Raises as `hold` does of the first one, InvalidInput for a series that makes no sense, and
    OccurrencesRefused where not all can be had that have to.
    """
    require_member(tx.actor, on_behalf_of)
    machine = find_machine(tx.session, machine_id, visible_machine(tx.actor))
    require_bookable(tx, machine, on_behalf_of)
    if wrong := list(own_machine(on_behalf_of, machine.owner)):
        raise InvalidInput(errors=wrong)
    kept = MachineSeries(
        machine_id=machine.id,
        owner=machine.owner,
        customer=on_behalf_of,
        with_operator=recurs.first.with_operator,
        pieces=recurs.first.pieces,
        purpose=purpose,
    )
    one = _booker(tx, machine, kept, (tx.actor.id, tx.actor.name), recurs.first.wish.quantity)
    outcome = recurring.create(tx, recurs.order(machine, on_behalf_of), mode, one)
    kept.id = outcome.series.id
    tx.session.add(kept)
    tx.session.flush()
    it = Recurring(outcome.series, kept)
    step = "requested" if machine.policy.needs_approval else "confirmed"
    _tell(tx, it, Told(step, Party.CUSTOMER, outcome.booked, len(outcome.refused)))
    if outcome.later:
        expect_extension(tx, it.series)
    return Done(it, outcome)


def extend(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The daily appointment of a series that reaches beyond the horizon: book what has come within it."""
    series = tx.session.get(BookingSeries, UUID(str(payload["series"])))
    if series is None:
        return
    it = Recurring(series, tx.session.get_one(MachineSeries, series.id))
    machine = tx.session.get_one(Machine, it.kept.machine_id)
    resource = resource_of(machine, with_operator=it.kept.with_operator)
    one = _booker(tx, machine, it.kept, (series.created_by, series.created_name), series.quantity)
    outcome = recurring.extend(tx, series, resource, machine.policy, one)
    if outcome.booked or outcome.refused:
        _tell(tx, it, Told("extended", Party.SYSTEM, outcome.booked, len(outcome.refused)))
    if outcome.later:
        expect_extension(tx, series)


def expect_extension(tx: Transaction, series: BookingSeries) -> None:
    """Make the next appointment for `extend`: the night that follows, at a minute of the series' own."""
    night = datetime.combine(tx.today + timedelta(days=1), time(), PARK_TZ)
    due_at = night + timedelta(minutes=series.id.int % _NIGHT_MIN)
    tx.schedule(EXTENSION_TIMER, f"{series.id}/{night.date()}", due_at, {"series": str(series.id)})


def approve_series(tx: Transaction, it: Recurring) -> Recurring:
    """The owner agrees to every occurrence that waits; from here on each of them costs."""
    party = acting(tx.actor, it.kept, "approve")
    return _decide(tx, it, "approved", party, None, lambda each: approve(tx, each, in_series=True))


def reject_series(tx: Transaction, it: Recurring, reason: str) -> Recurring:
    """The owner does not agree to those that wait, and says why; the series is continued no more."""
    party = acting(tx.actor, it.kept, "reject")
    _decide(tx, it, "rejected", party, reason, lambda each: reject(tx, each, reason, in_series=True))
    it.series.ended_at = tx.now
    tx.session.flush()
    return it


def cancel_series(tx: Transaction, it: Recurring, which: Which, reason: str) -> Recurring:
    """Either side gives up a part of it; of each occurrence comes back what its agreed rules say."""
    party = acting(tx.actor, it.kept, "cancel")
    found = changing.stop(tx, it.series, which)
    opened = _opened(tx, found)
    before = _balance(tx, opened)
    for each in opened:
        cancel_as(tx, each, party, reason, in_series=True)
    moved = _balance(tx, opened) - before
    bookings = [each.booking for each in opened]
    _tell(tx, it, Told("cancelled", party, bookings, moved_fen=moved, reason=reason or None))
    return it


def change_series(tx: Transaction, it: Recurring, which: Which, times: Times, mode: Mode) -> Done:
    """The customer wants a part of it at another time of day, for another length or of another quantity.

    Each occurrence is booked anew at the price and by the rules of today, and the old booking given up, for
    as long as that costs nothing by its own rules. Raises as the engine's `rearrange` does.
    """
    party = acting(tx.actor, it.kept, "confirm")
    machine = tx.session.get_one(Machine, it.kept.machine_id)
    require_bookable(tx, machine, it.kept.customer)
    kept = it.kept
    one = _booker(tx, machine, kept, (it.series.created_by, it.series.created_name), times.quantity)

    def give_up(tx: Transaction, old: Booking) -> Booking:
        opened = Opened(old, tx.session.get_one(MachineBooking, old.id))
        if cancelling(tx.session, opened, party, tx.now).refund_fen != _paid(tx, old.id):
            raise InvalidInput(errors=[FieldError("/occurrence", "too_late", _LATE)])
        return cancel_as(tx, opened, party, as_kept(REPLACED), in_series=True).booking

    terms = Terms(resource_of(machine, with_operator=kept.with_operator), machine.policy)
    outcome = changing.rearrange(tx, it.series, which, times, terms, mode, Exchange(give_up, one))
    if outcome.series.id != it.series.id:
        it = Recurring(outcome.series, _part_of(tx, kept, outcome.series.id))
        if it.series.ended_at is None:
            expect_extension(tx, it.series)
    _tell(tx, it, Told("changed", party, outcome.booked, len(outcome.refused)))
    return Done(it, outcome)


def end_series(tx: Transaction, it: Recurring, reason: str) -> None:
    """The system continues it no more, and tells so where anything lies ahead; bookings are not touched."""
    ahead = changing.lies_ahead(tx.session, it.series, tx.now)
    recurring.give_up(tx, it.series)
    if ahead:
        _tell(tx, it, Told("cancelled", Party.SYSTEM, reason=reason))


def note_expiry(tx: Transaction, it: Recurring, booking: Booking) -> None:
    """Occurrences have expired: told once a day, however many there are."""
    if it.kept.expiry_told_on == tx.today:
        return
    recurring.touch(tx, it.series)
    it.kept.expiry_told_on = tx.today
    tx.audit("series.expired-in-part", "booking_series", it.series.id, on_behalf_of=it.kept.customer)
    _tell(tx, it, Told("expired", Party.SYSTEM, [booking]))


def refunds(session: Session, it: Recurring, which: Which, party: Party, now: datetime) -> list[Refund]:
    """What would come back of each occurrence if this side gave up that part now."""
    first = changing.given_up_from(it.series, which, now)
    found = changing.ahead_of(known(session, [it.series.id]), which, first, now)
    kept = kept_of(session, [each.booking.id for each in found])
    return [
        Refund(each, cancelling(session, Opened(each.booking, kept[each.booking.id]), party, now).refund_fen)
        for each in found
    ]


def _booker(
    tx: Transaction,
    machine: Machine,
    kept: MachineSeries,
    by: tuple[UUID | None, str],
    quantity: int,
) -> recurring.Book:
    """How one occurrence is booked: held and confirmed at once, at the price in force for its day."""
    prices = offered_each(tx.session, machine)

    def one(tx: Transaction, series_id: UUID, occurrence: Occurrence) -> Booking:
        require_bookable(tx, machine, kept.customer)
        wish = Wish(occurrence.span.start, occurrence.span.end, quantity)
        wanted = MachineWish(wish, kept.with_operator, kept.pieces)
        tie = Tie(series_id, *by)
        if wrong := violations(wish, machine.policy, tx.now):
            raise InvalidInput(errors=wrong)
        found = prices(wish.starts_at)
        it = keep_one_of_many(tx, machine, kept.customer, found, wanted, kept.purpose, tie)
        return confirm_as(tx, it, Party.CUSTOMER, in_series=True).booking

    return one


def _decide(
    tx: Transaction,
    it: Recurring,
    step: str,
    party: Party,
    reason: str | None,
    decide: Callable[[Opened], object],
) -> Recurring:
    """The owner's word on every occurrence that waits."""
    which = Which(Scope.ALL)
    found = changing.locked(tx, it.series, it.series.resource_id, which, None)
    waiting = [
        each for each in found if each.booking.state is State.PENDING and not is_overdue(tx, each.booking)
    ]
    if not waiting:
        raise Conflict(_NOTHING_WAITS, slug="wrong-state")
    opened = _opened(tx, waiting)
    for each in opened:
        decide(each)
    tx.audit(f"series.{step}", "booking_series", it.series.id, on_behalf_of=it.series.customer)
    bookings = [each.booking for each in opened]
    _tell(tx, it, Told(step, party, bookings, moved_fen=_balance(tx, opened), reason=reason))
    return it


def _opened(tx: Transaction, found: Sequence[Ahead]) -> list[Opened]:
    kept = kept_of(tx.session, [each.booking.id for each in found])
    return [Opened(each.booking, kept[each.booking.id]) for each in found]


def _part_of(tx: Transaction, kept: MachineSeries, series_id: UUID) -> MachineSeries:
    """What is kept of the part of a series that has become one of its own."""
    part = MachineSeries(
        id=series_id,
        machine_id=kept.machine_id,
        owner=kept.owner,
        customer=kept.customer,
        with_operator=kept.with_operator,
        pieces=kept.pieces,
        purpose=kept.purpose,
    )
    tx.session.add(part)
    tx.session.flush()
    return part


def _tell(tx: Transaction, it: Recurring, told: Told) -> None:
    if told.step in {"requested", "confirmed", "changed", "extended"}:
        told = replace(told, moved_fen=sum(_paid(tx, each.id) for each in told.bookings))
    announce_series(tx, it.series, it.kept, told)
    tx.session.flush()


def _balance(tx: Transaction, opened: Sequence[Opened]) -> int:
    return sum(balances_of(tx.session, [each.booking.id for each in opened]).values())


def _paid(tx: Transaction, booking_id: UUID) -> int:
    paid = paid_of(tx.session, booking_id)
    return paid.price_fen + paid.deposit_fen
