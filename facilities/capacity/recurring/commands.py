"""Recurring bookings: created at once for all that can be booked yet, and continued as the horizon moves.

How one occurrence is booked is the trade's: it holds, confirms, prices and notes it, and raises as `hold`
does. Each is a savepoint of its own. The order is that of every verb: the customer's turn where quotas count,
all ledgers by number, then the series, then bookings.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from uuid import UUID

from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from facilities.capacity.bookings.model import Booking
from facilities.capacity.bookings.policy import await_turn
from facilities.capacity.ledger.locking import lock
from facilities.capacity.ledger.queries import units_of
from facilities.capacity.recurring.attempts import attempt
from facilities.capacity.recurring.model import BookingSeries, SeriesOccurrence
from facilities.capacity.recurring.planning import LIMITS, SeriesOrder, is_later, sound
from facilities.capacity.recurring.queries import known
from facilities.capacity.recurring.refusals import OccurrencesRefused, Refused
from facilities.capacity.rules import Policy
from facilities.capacity.series import Occurrence, occurrences
from shared.errors import FieldError, PreconditionFailed
from shared.ids import new_id
from shared.transaction import Transaction


class Mode(StrEnum):
    """What is to become of a series of which some occurrences cannot be had."""

    ALL = "all"
    """Nothing is done."""
    SKIP = "skip"
    """The others are booked, and it is told which are not."""


Book = Callable[[Transaction, UUID, Occurrence], Booking]
"""Books one occurrence of the series of that id, or raises as `hold` does."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of the occurrences of a series that were tried."""

    series: BookingSeries
    booked: tuple[Booking, ...]
    refused: tuple[Refused, ...]
    later: tuple[Occurrence, ...]
    """Beyond the horizon."""


def create(tx: Transaction, order: SeriesOrder, mode: Mode, book: Book) -> Outcome:
    """Book a series as far as the horizon reaches; `extend` books the rest when it does.

    Raises InvalidInput for a series that makes no sense, OccurrencesRefused where not all of those within
    the horizon can be had and `mode` wants all, and where none of them can.
    """
    found = sound(order, tx.now)
    await_turn(tx, order.trade, order.customer, order.policy)
    lock(tx.session, units_of(tx.session, order.resource_id))
    row = BookingSeries(
        id=new_id(),
        trade=order.trade,
        resource_id=order.resource_id,
        customer=order.customer,
        quantity=order.quantity,
        pattern=order.series.to_json(),
        created_by=tx.actor.id,
        created_name=tx.actor.name,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    outcome = _book_due(tx, row, order.policy, found, book)
    if outcome.refused and (mode is Mode.ALL or not outcome.booked):
        raise OccurrencesRefused(outcome.refused)
    tx.audit("series.created", "booking_series", row.id, on_behalf_of=row.customer)
    return outcome


def extend(tx: Transaction, row: BookingSeries, resource_id: UUID, policy: Policy, book: Book) -> Outcome:
    """Book what has come within the horizon since; what cannot be had is noted with the reason.

    For a timer, every day. A series that was given up has nothing left, and one that is repeated at the same
    hour finds its occurrences noted.
    """
    there = {each.wall for each in known(tx.session, [row.id])}
    left = [] if row.ended_at else occurrences(row.series, LIMITS)
    new = [each for each in left if each.wall not in there]
    if all(is_later(each, policy, tx.now) for each in new):
        return Outcome(row, (), (), tuple(new))
    await_turn(tx, row.trade, row.customer, policy)
    lock(tx.session, units_of(tx.session, resource_id))
    touch(tx, row)
    outcome = _book_due(tx, row, policy, new, book)
    tx.audit("series.extended", "booking_series", row.id, on_behalf_of=row.customer)
    return outcome


def give_up(tx: Transaction, row: BookingSeries) -> None:
    """Continue it no more. What is booked of it is the trade's to cancel, one by one."""
    row.ended_at = tx.now
    touch(tx, row)
    tx.audit("series.ended", "booking_series", row.id, on_behalf_of=row.customer)


def touch(tx: Transaction, row: BookingSeries) -> None:
    """Write the series for the version that was read alone; PreconditionFailed when it has changed."""
    row.updated_at = tx.now
    flag_modified(row, "updated_at")
    try:
        tx.session.flush()
    except StaleDataError as error:
        raise PreconditionFailed from error


def entry(
    series_id: UUID, wall: datetime, booking: Booking | None, reasons: Iterable[FieldError] = ()
) -> SeriesOccurrence:
    """The note of what has become of an occurrence."""
    refused = [
        {"pointer": each.pointer, "code": each.code, "message": each.message.to_dict()} for each in reasons
    ]
    return SeriesOccurrence(
        series_id=series_id,
        wall=wall.isoformat(),
        booking_id=booking.id if booking else None,
        refused=refused,
    )


def _book_due(
    tx: Transaction, row: BookingSeries, policy: Policy, found: Iterable[Occurrence], book: Book
) -> Outcome:
    booked: list[Booking] = []
    refused: list[Refused] = []
    later: list[Occurrence] = []
    for each in found:
        if is_later(each, policy, tx.now):
            later.append(each)
            continue
        made = attempt(tx, partial(book, tx, row.id, each))
        if isinstance(made, Booking):
            booked.append(made)
            tx.session.add(entry(row.id, each.wall, made))
        else:
            refused.append(Refused(each, made))
            tx.session.add(entry(row.id, each.wall, None, made))
    tx.session.flush()
    return Outcome(row, tuple(booked), tuple(refused), tuple(later))
