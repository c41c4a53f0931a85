"""The months for which bays of firms are claimed. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from facilities.capacity.grid import Span
from shared.clock import PARK_TZ, local_date

AHEAD = 1
"""So many months after the present one are claimed, too: our default. More would keep bays from others for
firms that may be gone by then; less would find the next month sold to holders of passes."""


def months_ahead(now: datetime) -> Iterator[tuple[str, Span]]:
    """The present month and those after it, each by its name and with what is left of its time."""
    first = local_date(now).replace(day=1)
    for _number in range(AHEAD + 1):
        following = (first + timedelta(days=31)).replace(day=1)
        start = max(_midnight(first), _whole_second(now))
        if start < _midnight(following):
            yield f"{first:%Y-%m}", Span(start, _midnight(following))
        first = following


def next_look(now: datetime) -> datetime:
    """When a quota is looked at again: early on the next day of the park."""
    return datetime.combine(local_date(now) + timedelta(days=1), time(0, 10), PARK_TZ)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARK_TZ)


def _whole_second(now: datetime) -> datetime:
    """Not before now: what has passed cannot be booked any more."""
    return now if now.microsecond == 0 else now.replace(microsecond=0) + timedelta(seconds=1)
