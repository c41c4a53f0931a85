"""What a resource's owner lets people book: notice, horizon, length, start, quantity, quotas. Pure.

`violations` names everything that a wish breaks, at once and in both languages; it raises nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from facilities.capacity.grid import DAY_S, Padding, Span
from facilities.capacity.quotas import Quota, Standing, over_quota
from shared.clock import PARK_TZ
from shared.errors import FieldError
from shared.text import Text

_BACKWARDS = Text("结束时间应晚于开始时间", "The end has to be later than the beginning")
_PAST = Text("开始时间已过", "The beginning has passed")
_NOTICE = Text("至少需提前{time}预订", "It has to be booked {time} ahead at least")
_HORIZON = Text("最多可提前{time}预订", "It can be booked {time} ahead at most")
_SHORT = Text("时长至少为{time}", "It can be booked for {time} at least")
_LONG = Text("时长最多为{time}", "It can be booked for {time} at most")
_GRID = Text("开始时间应在零点起每隔{time}的时刻上", "It has to begin at a multiple of {time} from midnight")
_FEW = Text("数量至少为1", "The quantity is 1 at least")
_MANY = Text("一次最多可预订{most}个单位", "{most} units can be booked at a time at most")


@dataclass(frozen=True, slots=True)
class Wish:
    """When, and how much of it."""

    starts_at: datetime
    ends_at: datetime
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one resource, as its owner has set them. A booking keeps those under which it was made."""

    notice: timedelta = timedelta(0)
    """From now to the beginning, at least."""
    horizon: timedelta = timedelta(days=90)
    """From now to the beginning, at most."""
    shortest: timedelta = timedelta(minutes=15)
    longest: timedelta = timedelta(days=1)
    start_grid: timedelta = timedelta(minutes=15)
    """Beginnings are whole multiples of this since the local midnight; a day: bookings of whole days."""
    most: int = 1
    """Units at a time."""
    padding: Padding = field(default_factory=Padding)
    hold_for: timedelta = timedelta(minutes=15)
    """How long it is kept for a customer who has not confirmed."""
    offer_for: timedelta = timedelta(hours=2)
    """How long it is kept for somebody from the waitlist: they are not in front of a screen."""
    needs_approval: bool = False
    approve_within: timedelta = timedelta(days=2)
    """How long it is kept for a provider who has not approved; never beyond the beginning."""
    no_show_after: timedelta | None = None
    """From the beginning on; whose use has not begun by then has not come, and is let go. None: never."""
    quotas: tuple[Quota, ...] = ()
    counted: tuple[UUID, ...] = ()
    """The resources whose bookings count for the quotas; none named: all of the trade."""
    tz: ZoneInfo = PARK_TZ
    """Whose midnight counts for the start grid and for quotas."""

    @property
    def by_day(self) -> bool:
        """Whether it is booked for whole days."""
        return self.start_grid == _A_DAY

    def to_json(self) -> dict[str, Any]:
        """The form in which a booking keeps it; times in seconds."""
        return {
            **{name: int(getattr(self, name).total_seconds()) for name in _TIMES},
            **{f"padding_{name}": _seconds(getattr(self.padding, name)) for name in _PADDINGS},
            "most": self.most,
            "needs_approval": self.needs_approval,
            "no_show_after": None if self.no_show_after is None else _seconds(self.no_show_after),
            "quotas": [quota.to_json() for quota in self.quotas],
            "counted": [str(each) for each in self.counted],
            "tz": self.tz.key,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Policy":
        """Read what `to_json` has written."""
        # What was kept before there was such a rule has none.
        times = {name: timedelta(seconds=kept[name]) for name in _TIMES if name in kept}
        missed = kept.get("no_show_after")
        paddings = {name: timedelta(seconds=kept[f"padding_{name}"]) for name in _PADDINGS}
        return cls(
            **times,
            padding=Padding(**paddings),
            most=kept["most"],
            needs_approval=kept["needs_approval"],
            no_show_after=None if missed is None else timedelta(seconds=missed),
            quotas=tuple(Quota.from_json(each) for each in kept["quotas"]),
            counted=tuple(UUID(each) for each in kept.get("counted", ())),
            tz=ZoneInfo(kept["tz"]),
        )


_TIMES = ("notice", "horizon", "shortest", "longest", "start_grid", "hold_for", "offer_for", "approve_within")
_PADDINGS = ("before", "set_up", "after")
_A_DAY = timedelta(days=1)


def completed(
    policy: Policy, now: datetime, starts_at: datetime | None, ends_at: datetime | None
) -> tuple[datetime, datetime]:
    """A time of which something may be missing: the earliest beginning by the rules, the shortest length."""
    if starts_at is None:
        wall = (now + policy.notice).astimezone(policy.tz)
        midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0)
        starts_at = midnight - (midnight - wall) // policy.start_grid * policy.start_grid
    if ends_at is None:
        ends_at = min(starts_at, now + 2 * policy.horizon) + policy.shortest
    return starts_at, ends_at


def violations(
    wish: Wish, policy: Policy, now: datetime, standing: Standing | None = None
) -> Sequence[FieldError]:
    """Everything that the wish breaks; `standing` is what the customer has already, where quotas count.

    Whoever names a naive instant meets a ValueError: that is no wish but a mistake of ours.
    """
    found = list(_of_quantity(wish, policy))
    out_of_reach = list(_of_reach(wish, policy, now))
    if out_of_reach:
        return [*found, *out_of_reach]  # it may lie where no calendar reaches: nothing else is computed
    span = Span(wish.starts_at, wish.ends_at)
    found += [*_of_beginning(span, policy, now), *_of_length(span, policy)]
    if standing is not None and not found:
        found += over_quota(span, wish.quantity, policy.quotas, policy.tz, standing)
    return found


def _of_quantity(wish: Wish, policy: Policy) -> Iterator[FieldError]:
    if wish.quantity < 1:
        yield FieldError("/quantity", "too_few", _FEW)
    if wish.quantity > policy.most:
        yield FieldError("/quantity", "too_many", _MANY.format(most=policy.most))


def _of_reach(wish: Wish, policy: Policy, now: datetime) -> Iterator[FieldError]:
    if wish.starts_at < now:
        yield FieldError("/starts_at", "past", _PAST)
    if wish.starts_at - now > policy.horizon:
        yield FieldError("/starts_at", "horizon", _HORIZON.format(time=say_time(policy.horizon)))
    if wish.starts_at >= wish.ends_at:
        yield FieldError("/ends_at", "backwards", _BACKWARDS)
    elif wish.ends_at - wish.starts_at > policy.longest + _A_DAY:
        yield FieldError("/ends_at", "too_long", _LONG.format(time=say_time(policy.longest)))


def _of_beginning(span: Span, policy: Policy, now: datetime) -> Iterator[FieldError]:
    if span.start - now < policy.notice:
        yield FieldError("/starts_at", "notice", _NOTICE.format(time=say_time(policy.notice)))
    wall = span.start.astimezone(policy.tz).replace(tzinfo=None)
    midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0)
    if (wall - midnight) % policy.start_grid:
        yield FieldError("/starts_at", "start_grid", _GRID.format(time=say_time(policy.start_grid)))


def _of_length(span: Span, policy: Policy) -> Iterator[FieldError]:
    length = span.length
    if policy.by_day:
        # Days are counted, however many hours they have.
        wall = (each.astimezone(policy.tz).replace(tzinfo=None) for each in (span.end, span.start))
        length = next(wall) - next(wall)
    if length < policy.shortest:
        yield FieldError("/ends_at", "too_short", _SHORT.format(time=say_time(policy.shortest)))
    if length > policy.longest:
        yield FieldError("/ends_at", "too_long", _LONG.format(time=say_time(policy.longest)))


def say_time(time: timedelta) -> Text:
    """A length of time in words, in the largest unit that fits."""
    for unit, zh, en in ((DAY_S, "天", "day"), (3600, "小时", "hour"), (60, "分钟", "minute")):
        count, rest = divmod(_seconds(time), unit)
        if count and not rest:
            return Text(f"{count}{zh}", f"{count} {en}" + ("s" if count > 1 else ""))
    seconds = _seconds(time)
    return Text(f"{seconds}秒", f"{seconds} seconds")


def say_span(span: Span, tz: ZoneInfo) -> Text:
    """A span in the wall times of a place."""
    start, end = (each.astimezone(tz) for each in (span.start, span.end))
    same = start.date() == end.date()
    return Text.same(f"{start:%Y-%m-%d %H:%M}–{end:{'%H:%M' if same else '%Y-%m-%d %H:%M'}}")


def hold_expires(policy: Policy, now: datetime, ends_at: datetime) -> datetime:
    """Until when a hold is kept for the customer."""
    return min(now + policy.hold_for, ends_at)


def offered_for(policy: Policy, now: datetime, starts_at: datetime) -> timedelta:
    """For how long an offer from the waitlist is kept: not beyond its beginning, but as long as a hold."""
    return min(policy.offer_for, max(starts_at - now, policy.hold_for))


def approval_expires(policy: Policy, now: datetime, starts_at: datetime, ends_at: datetime) -> datetime:
    """Until when a booking waits for approval: not beyond its beginning, or its end where that has begun."""
    return min(now + policy.approve_within, starts_at if starts_at > now else ends_at)


def _seconds(time: timedelta) -> int:
    return int(time.total_seconds())
