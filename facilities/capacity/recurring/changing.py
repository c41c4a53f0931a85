"""Changing or giving up a recurring booking: one occurrence, one and those after it, or all that lie ahead.

What has begun never changes. The steps for single bookings are the trade's; here it is decided which of them
are concerned, their ledgers are taken, and the pattern is kept in agreement.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import partial
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from facilities.capacity.bookings.keeping import save
from facilities.capacity.bookings.model import Booking
from facilities.capacity.bookings.policy import await_turn
from facilities.capacity.freeing import telling_at_the_end
from facilities.capacity.ledger.locking import lock
from facilities.capacity.ledger.queries import units_of
from facilities.capacity.lifecycle import allows
from facilities.capacity.recurring.attempts import attempt
from facilities.capacity.recurring.commands import Book, Mode, Outcome, touch
from facilities.capacity.recurring.model import BookingSeries, SeriesOccurrence
from facilities.capacity.recurring.planning import LIMITS, SeriesOrder, sound
from facilities.capacity.recurring.queries import Known, known, ledgers_of_all
from facilities.capacity.recurring.refusals import OccurrencesRefused, Refused
from facilities.capacity.rules import Policy
from facilities.capacity.series import Occurrence, Series, at_other_times, divided, occurrences, without
from shared.database import table_of
from shared.errors import Conflict, FieldError, InvalidInput, PreconditionFailed
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_OCCURRENCE = table_of(SeriesOccurrence)
_BOOKING = table_of(Booking)
_BEGUN = Text("这一次已开始或已结束，不能更改", "That occurrence has begun or is over; it cannot be changed")
_OVER = Text("该系列没有尚未开始的预订", "Nothing of the series lies ahead")
_WHICH = Text("请指明从哪一次起", "Say which occurrence")
_NOT_BOOKED = Text("这一次没有可更改的预订", "There is no booking of that occurrence that could be changed")


_UNCHANGED = Text(
    "时刻、时长和数量均无变化", "Nothing would change: time, length and quantity are these already"
)


class Scope(StrEnum):
    """How much of a series."""

    THIS = "this"
    FOLLOWING = "following"
    """That occurrence and those after it."""
    ALL = "all"
    """All that have not begun."""


@dataclass(frozen=True, slots=True)
class Which:
    """A part of a series: the scope, and the wall time of the occurrence from which it is counted."""

    scope: Scope
    wall: datetime | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """At which time of day, for how long by the wall, and how much."""

    since: time
    length: timedelta
    quantity: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """An occurrence with a booking that has not begun and can still be given up."""

    wall: datetime
    booking: Booking


@dataclass(frozen=True, slots=True)
class Terms:
    """What is booked by the changed series from now on, and by which rules."""

    resource_id: UUID
    policy: Policy


@dataclass(frozen=True, slots=True)
class Exchange:
    """The two halves of a change, as the trade does them for one occurrence; each raises as `hold` does."""

    give_up: Callable[[Transaction, Booking], Booking]
    book: Book


def first_of(series: BookingSeries, which: Which, now: datetime) -> datetime:
    """The wall time of the first occurrence concerned.

    Raises InvalidInput where there is none of the name or it has begun, Conflict where nothing lies ahead.
    """
    found = occurrences(series.series, LIMITS)
    ahead = _walls_ahead(series, now)
    if not ahead:
        raise Conflict(_OVER, slug="wrong-state")
    if which.scope is Scope.ALL:
        return ahead[0]
    if which.wall is None:
        raise InvalidInput(errors=[FieldError("/occurrence", "required", _WHICH)])
    if which.wall in {each.wall for each in found} and which.wall not in ahead:
        raise InvalidInput(errors=[FieldError("/occurrence", "begun", _BEGUN)])
    without(series.series, which.wall, LIMITS)
    return which.wall


def lies_ahead(session: Session, series: BookingSeries, now: datetime) -> bool:
    """Whether anything of it is to come: by its pattern, or moved ahead by itself."""
    rows = known(session, [series.id])
    return bool(_walls_ahead(series, now) or ahead_of(rows, Which(Scope.ALL), None, now))


def given_up_from(series: BookingSeries, which: Which, now: datetime) -> datetime | None:
    """The same of what is to be given up; None for all of it: some may have been moved ahead alone."""
    return None if which.scope is Scope.ALL else first_of(series, which, now)


def ahead_of(rows: Sequence[Known], which: Which, first: datetime | None, now: datetime) -> list[Ahead]:
    """Of these occurrences the bookings that are concerned."""
    only = which.scope is Scope.THIS
    return [
        Ahead(each.wall, each.booking)
        for each in rows
        if each.booking is not None
        and (first is None or (each.wall == first if only else each.wall >= first))
        and each.booking.starts_at > now
        and allows("cancel", each.booking.state)
    ]


def locked(
    tx: Transaction, series: BookingSeries, resource_id: UUID, which: Which, first: datetime | None
) -> list[Ahead]:
    """The same, read again with their ledgers taken and the series written for the version that was read.

    So nobody else changes them before the transaction ends, and of two who saw the same version one is told.
    """
    ids = [each.booking.id for each in ahead_of(known(tx.session, [series.id]), which, first, tx.now)]
    held = ledgers_of_all(tx.session, ids) | set(units_of(tx.session, resource_id))
    lock(tx.session, held)
    touch(tx, series)
    again = sa.select(Booking).where(Booking.id.in_(ids)).execution_options(populate_existing=True)
    tx.session.scalars(again).all()
    if not ledgers_of_all(tx.session, ids) <= held:
        raise PreconditionFailed
    return ahead_of(known(tx.session, [series.id]), which, first, tx.now)


def stop(tx: Transaction, series: BookingSeries, which: Which) -> list[Ahead]:
    """Take a part out of the series, and return the bookings that the trade is to cancel.

    Raises as `first_of` does.
    """
    first = given_up_from(series, which, tx.now)
    found = locked(tx, series, series.resource_id, which, first)
    cut = first or next(iter(_walls_ahead(series, tx.now)), None)
    if not found and (series.ended_at is not None or cut is None):
        raise Conflict(_OVER, slug="wrong-state")
    if which.scope is Scope.THIS and cut is not None:
        series.pattern = without(series.series, cut, LIMITS).to_json()
    else:
        before = divided(series.series, cut, LIMITS)[0] if cut is not None else None
        if before is None or not occurrences(before, LIMITS):
            series.ended_at = tx.now
        else:
            series.pattern = before.to_json()
    tx.session.flush()
    details = {"scope": which.scope.value, "from": cut.isoformat() if cut else None}
    tx.audit("series.cancelled", "booking_series", series.id, details, on_behalf_of=series.customer)
    return found


def rearrange(
    tx: Transaction,
    series: BookingSeries,
    which: Which,
    times: Times,
    terms: Terms,
    mode: Mode,
    exchange: Exchange,
) -> Outcome:
    """Give a part of a series another time of day, length or quantity; what cannot be had keeps its old one.

    One and those after it become a series of their own; what lies beyond the horizon follows the new times
    when it is booked. Of a series that has ended, what is booked is changed, and it stays ended.
    Raises as `first_of` does, InvalidInput for times that break rules or change nothing, and
    OccurrencesRefused where not all can be had and `mode` wants all, or where none can.
    """
    first = first_of(series, which, tx.now)
    pattern = at_other_times(_part(series.series, which, first), times.since, times.length, LIMITS)
    order = SeriesOrder(
        series.trade, terms.resource_id, pattern, times.quantity, terms.policy, series.customer
    )
    wanted = {each.wall.date(): each for each in sound(order, tx.now, later=True)}
    await_turn(tx, series.trade, series.customer, terms.policy)
    found = locked(tx, series, terms.resource_id, which, first)
    if not found and (which.scope is Scope.THIS or series.ended_at is not None):
        raise Conflict(_NOT_BOOKED, slug="wrong-state")
    if pattern == _part(series.series, which, first) and _as_wanted(found, wanted, times.quantity):
        # Booked anew, what was approved would wait for approval again.
        raise InvalidInput(errors=[FieldError("/since", "unchanged", _UNCHANGED)])
    if which.scope is Scope.THIS:
        target = series
    else:
        target = _divided(tx, series, first, order, found)
    with telling_at_the_end(tx) as quiet:
        outcome = _instead_of(quiet, target, found, wanted, mode, exchange)
    details = {"scope": which.scope.value, "from": first.isoformat(), "series": str(target.id)}
    tx.audit("series.changed", "booking_series", series.id, details, on_behalf_of=series.customer)
    return outcome


def _walls_ahead(series: BookingSeries, now: datetime) -> list[datetime]:
    """The wall times of the pattern that have not come yet."""
    return [each.wall for each in occurrences(series.series, LIMITS) if each.span.start > now]


def _part(pattern: Series, which: Which, first: datetime) -> Series:
    """What is concerned, as a series of its own."""
    _before, rest = divided(pattern, first, LIMITS)
    once = replace(rest.rule, count=1, until=None)
    return replace(rest, rule=once, skipped=frozenset()) if which.scope is Scope.THIS else rest


def _as_wanted(found: Sequence[Ahead], wanted: Mapping[date, Occurrence], quantity: int) -> bool:
    """Whether the bookings are at these times, and of this quantity, already."""
    return all(
        each.booking.quantity == quantity
        and (occurrence := wanted.get(each.wall.date())) is not None
        and occurrence.span == each.booking.span
        for each in found
    )


def _instead_of(
    tx: Transaction,
    target: BookingSeries,
    found: Sequence[Ahead],
    wanted: Mapping[date, Occurrence],
    mode: Mode,
    exchange: Exchange,
) -> Outcome:
    """As many of these bookings as can be had at their new times; the others keep their old ones.

    Those that keep theirs may be in the way of further ones, so all others are tried anew beside them, until
    nobody is refused any more. A try that was in vain leaves nothing.
    """
    left, refused = list(found), list[Refused]()
    while True:
        try:
            with tx.part():
                booked = _exchanged(tx, target.id, left, wanted, exchange)
            break
        except OccurrencesRefused as these:
            refused = sorted([*refused, *these.refused], key=lambda each: each.occurrence.wall)
            staying = {each.occurrence.wall.date() for each in refused}
            left = [each for each in found if each.wall.date() not in staying]
            if mode is Mode.ALL or not left:
                raise OccurrencesRefused(refused) from None
    for each in found:
        if each not in left and each.booking.series_id != target.id:
            each.booking.series_id = target.id
            save(tx, each.booking)
    return Outcome(target, tuple(booked), tuple(refused), ())


def _exchanged(
    tx: Transaction,
    series_id: UUID,
    found: Sequence[Ahead],
    wanted: Mapping[date, Occurrence],
    exchange: Exchange,
) -> list[Booking]:
    """All of these booked at their new times; raises OccurrencesRefused with those that cannot be had.

    All are given up before the first is booked: whichever way the times move, no old one is in the way.
    """
    given_up = [attempt(tx, partial(exchange.give_up, tx, each.booking)) for each in found]
    booked: list[Booking] = []
    refused: list[Refused] = []
    for each, gone in zip(found, given_up, strict=True):
        new = wanted[each.wall.date()]
        made = attempt(tx, partial(exchange.book, tx, series_id, new)) if isinstance(gone, Booking) else gone
        if not isinstance(made, Booking):
            refused.append(Refused(new, made))
            continue
        booked.append(made)
        noted = _OCCURRENCE.c.booking_id == each.booking.id
        tx.session.execute(sa.update(_OCCURRENCE).where(noted).values(booking_id=made.id))
    if refused:
        raise OccurrencesRefused(refused)
    return booked


def _divided(
    tx: Transaction, series: BookingSeries, first: datetime, order: SeriesOrder, found: Sequence[Ahead]
) -> BookingSeries:
    """The part from `first` on by its new pattern: the series itself where that is all, else a new one."""
    before, _rest = divided(series.series, first, LIMITS)
    target = series
    if before is None:
        series.pattern, series.quantity = order.series.to_json(), order.quantity
        series.resource_id = order.resource_id
    else:
        series.pattern = before.to_json()
        target = BookingSeries(
            id=new_id(),
            trade=series.trade,
            resource_id=order.resource_id,
            customer=series.customer,
            quantity=order.quantity,
            pattern=order.series.to_json(),
            split_from=series.id,
            created_by=series.created_by,
            created_name=series.created_name,
            created_at=tx.now,
            updated_at=tx.now,
            ended_at=series.ended_at,
        )
        tx.session.add(target)
    tx.session.flush()
    _carry_over(tx, series.id, target.id, order, first, found)
    return target


def _carry_over(
    tx: Transaction, old: UUID, new: UUID, order: SeriesOrder, first: datetime, found: Sequence[Ahead]
) -> None:
    """The notes of the occurrences from `first` on, by their new wall times; there is one a date.

    Bookings that are not changed themselves, because they have ended, belong to the new series all the same.
    """
    mine = sa.and_(_OCCURRENCE.c.series_id == old, _OCCURRENCE.c.wall >= first.isoformat())
    for wall in tx.session.scalars(sa.select(_OCCURRENCE.c.wall).where(mine)).all():
        at = datetime.combine(datetime.fromisoformat(wall).date(), order.series.starts.time())
        tx.session.execute(
            sa.update(_OCCURRENCE)
            .where(_OCCURRENCE.c.series_id == old, _OCCURRENCE.c.wall == wall)
            .values(series_id=new, wall=at.isoformat())
        )
    carried = sa.select(_OCCURRENCE.c.booking_id).where(_OCCURRENCE.c.series_id == new)
    others = _BOOKING.c.id.not_in([each.booking.id for each in found])
    tx.session.execute(
        sa.update(_BOOKING)
        .where(_BOOKING.c.series_id == old, _BOOKING.c.id.in_(carried), others)
        .values(series_id=new)
    )
