"""What would become of each occurrence of a series: free, refused with the reasons, or not to be booked yet.

Nothing is kept. The number of queries does not grow with the occurrences: what is free is read once, over all
of the time that any of them, or a time near it, could take.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from sqlalchemy.orm import Session

from facilities.capacity.availability.queries import timeline
from facilities.capacity.availability.timeline import Timeline, alternatives, overlay, reach_of_alternatives
from facilities.capacity.bookings.queries import standing_of
from facilities.capacity.grid import Span
from facilities.capacity.quotas import Standing, reach
from facilities.capacity.refusals import Alternative
from facilities.capacity.rules import Policy, Wish, violations
from facilities.capacity.series import Occurrence, Series, SeriesLimits, occurrences
from shared.errors import FieldError, InvalidInput
from shared.text import Text

LIMITS = SeriesLimits()
"""How large a series may be."""

_OVERLAP = Text(
    "各次之间（含准备时间）相互重叠", "Occurrences overlap, with the time that belongs to each of them"
)
_NONE = Text("系列中没有这一次", "The series has no such occurrence")
_NOTHING = Text("所有日期都被跳过", "Every date is left out")
_TAKEN = Text("该时段没有足够的空闲", "There is not enough free at that time")


class Outlook(StrEnum):
    """What would become of an occurrence if the series were booked now."""

    FREE = "free"
    REFUSED = "refused"
    LATER = "later"
    """It lies beyond the horizon, and is booked on the day on which it no longer does."""


@dataclass(frozen=True, slots=True)
class SeriesOrder:
    """What somebody wants to book again and again, as the trade has made it out."""

    trade: str
    resource_id: UUID
    series: Series
    quantity: int
    policy: Policy
    customer: str | None = None

    def wish(self, occurrence: Occurrence) -> Wish:
        """The wish for one of them."""
        return Wish(occurrence.span.start, occurrence.span.end, self.quantity)


@dataclass(frozen=True, slots=True)
class Planned:
    """One occurrence, and what would become of it."""

    occurrence: Occurrence
    outlook: Outlook
    reasons: tuple[FieldError, ...] = ()
    alternatives: tuple[Alternative, ...] = ()


Impossible = Callable[[Occurrence], Sequence[FieldError]]
"""What the trade has against an occurrence that keeps to the rules."""


def sound(order: SeriesOrder, now: datetime, *, later: bool = False) -> list[Occurrence]:
    """All occurrences of a series that makes sense; `later`: the first one may lie beyond the horizon.

    Raises InvalidInput where they are too many or too far apart, where they overlap with what belongs to each
    of them, and where the first one breaks rules: what is wrong with it was typed, and is to be mended.
    """
    found = occurrences(order.series, LIMITS)
    wrong = [
        each
        for each in violations(order.wish(found[0]), order.policy, now)
        if not (later and each.code == "horizon")
    ]
    around = [each.span.padded(order.policy.padding) for each in found] if not wrong else []
    if any(one.end > other.start for one, other in pairwise(around)):
        wrong.append(FieldError("/rule", "overlap", _OVERLAP))
    if wrong:
        raise InvalidInput(errors=wrong)
    return found


def is_later(occurrence: Occurrence, policy: Policy, now: datetime) -> bool:
    """Whether it lies beyond the horizon yet."""
    return occurrence.span.start - now > policy.horizon


def preview(session: Session, order: SeriesOrder, now: datetime, impossible: Impossible) -> list[Planned]:
    """What would become of each; the earlier ones count towards the quotas of those after them."""
    found = sound(order, now)
    due = [each for each in found if not is_later(each, order.policy, now)]
    if not due:
        return [Planned(each, Outlook.LATER) for each in found]
    free = _Free(session, order, due, now)
    standing = _standing(session, order, due, now)
    planned = []
    for each in found:
        if is_later(each, order.policy, now):
            planned.append(Planned(each, Outlook.LATER))
            continue
        reasons = violations(order.wish(each), order.policy, now, standing) or impossible(each)
        one = Planned(each, Outlook.REFUSED, tuple(reasons)) if reasons else free.planned(each)
        if one.outlook is Outlook.FREE and standing is not None:
            standing = Standing(standing.open_bookings + 1, [*standing.taken, (each.span, order.quantity)])
        planned.append(one)
    return planned


def _standing(
    session: Session, order: SeriesOrder, due: Sequence[Occurrence], now: datetime
) -> Standing | None:
    policy = order.policy
    if not policy.quotas or order.customer is None:
        return None
    within = reach(Span(due[0].span.start, due[-1].span.end), policy.quotas, policy.tz)
    return standing_of(session, order.trade, order.customer, within, now, among=policy.counted)


class _Free:
    """What is free over all of a series, read once."""

    def __init__(
        self, session: Session, order: SeriesOrder, due: Sequence[Occurrence], now: datetime
    ) -> None:
        near = [reach_of_alternatives(each.span, order.policy) for each in (due[0], due[-1])]
        self.order = order
        self.now = now
        self.line = timeline(session, order.resource_id, Span(near[0].start, near[1].end))
        self.starts = [each.span.start for each in self.line.stretches]

    def planned(self, occurrence: Occurrence) -> Planned:
        """Free, or taken with up to three other times."""
        order, span = self.order, occurrence.span
        around = span.padded(order.policy.padding)
        if self._within(around).least(around) >= order.quantity:
            return Planned(occurrence, Outlook.FREE)
        near = self._within(reach_of_alternatives(span, order.policy))
        others = alternatives(near, span, order.quantity, order.policy, self._allowed)
        said = FieldError("/starts_at", "full", _TAKEN)
        return Planned(occurrence, Outlook.REFUSED, (said,), tuple(others))

    def _allowed(self, span: Span) -> bool:
        return not violations(Wish(span.start, span.end, self.order.quantity), self.order.policy, self.now)

    def _within(self, span: Span) -> Timeline:
        first = max(bisect_right(self.starts, span.start) - 1, 0)
        last = bisect_left(self.starts, span.end)
        return overlay(span, [self.line.stretches[first:last]])


def with_skipped(series: Series, walls: Sequence[datetime]) -> Series:
    """The series without these; InvalidInput where it has no such one or none is left."""
    known = {each.wall for each in occurrences(series, LIMITS)}
    if set(walls) - known:
        raise InvalidInput(errors=[FieldError("/skipped", "no_occurrence", _NONE)])
    if known <= set(walls):
        raise InvalidInput(errors=[FieldError("/skipped", "nothing_left", _NOTHING)])
    return replace(series, skipped=series.skipped | set(walls))
