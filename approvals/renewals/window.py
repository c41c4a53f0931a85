"""When what was granted can be renewed (延续), as the item words it. Pure.

行政许可法 art. 50(1): apply thirty days before the end of validity, unless laws, regulations or rules
provide otherwise. The thirty days are the holder's, not the authority's, so art. 82, which has the
authority's periods counted in working days, does not reach them: the item's data says natural days.

Art. 50 has no words for an application that comes later. It neither bars it nor says what becomes of it; but
"according to the application" the authority has to decide before the end, and that is only owed to one who
left it the thirty days. So a later application is taken, until the last day of validity, and is told that it
will not count as granted when no decision is made in time. After that day nothing is left to renew.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from approvals.items.model import Limit, Renewal
from shared.calendar import WorkCalendar


class Moment(StrEnum):
    """Where a day lies in the life of a certificate, seen by whoever wants to renew it."""

    EARLY = "early"
    IN_TIME = "in_time"
    LATE = "late"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Window:
    """Legal dates (Asia/Shanghai): the first day of applying, the last one in time, the last of validity.

    `opens_on` None: from the issue on.
    """

    opens_on: date | None
    apply_by: date
    last_day: date

    def moment(self, day: date) -> Moment:
        """Where `day` lies."""
        if day > self.last_day:
            return Moment.OVER
        if day > self.apply_by:
            return Moment.LATE
        return Moment.EARLY if self.opens_on is not None and day < self.opens_on else Moment.IN_TIME


def window_of(renewal: Renewal | None, valid_until: date | None, calendar: WorkCalendar) -> Window | None:
    """The window of a certificate that ends with `valid_until`; None where there is no renewal."""
    if renewal is None or renewal.apply_before is None or valid_until is None:
        return None
    apply_by = _before(valid_until, renewal.apply_before, calendar)
    opens_on = _before(valid_until, renewal.opens, calendar) if renewal.opens else None
    return Window(opens_on, apply_by, valid_until)


def reminders(renewal: Renewal, window: Window) -> tuple[date, ...]:
    """The days on which the holder is reminded, each once, in their order."""
    days = {window.last_day - timedelta(days=n) for n in renewal.remind_days}
    return tuple(sorted(days | ({window.opens_on} if window.opens_on else set())))


def _before(end: date, limit: Limit, calendar: WorkCalendar) -> date:
    if limit.unit != "working_day":
        return end - timedelta(days=limit.n)
    day = end
    for _ in range(limit.n):
        day = calendar.previous_working_day(day)
    return day
