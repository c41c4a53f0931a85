"""Limits in hours: they run from an instant, through nights and holidays, and stop between two instants.

民法典 art. 201(2): “按照小时计算期间的，自法律规定或者当事人约定的时间开始计算。” No holiday moves their
end, for art. 203(1) speaks of the last *day* of a period.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count: `start <= instant < end`; `end` is None while it lasts."""

    start: datetime
    end: datetime | None

    def holds(self, instant: datetime) -> bool:
        """Whether the clock stands still at `instant`."""
        return self.start <= instant and (self.end is None or instant < self.end)


def union(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """The same time as pauses in order that neither touch nor overlap: time that overlaps counts once."""
    merged: list[Pause] = []
    for pause in sorted(pauses, key=lambda each: each.start):
        if pause.end == pause.start:
            continue
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and last.end < pause.start):
            merged.append(pause)
        elif last.end is not None:
            merged[-1] = Pause(last.start, None if pause.end is None else max(last.end, pause.end))
    return tuple(merged)


def after(start: datetime, length: timedelta, pauses: Sequence[Pause]) -> datetime | None:
    """When `length` of counted time has gone by since `start`; None when a pause without an end comes first.

    `pauses` is a union (see `union`).
    """
    now = start
    for pause in pauses:
        if pause.end is not None and pause.end <= now:
            continue
        if pause.start >= now + length:
            break
        length -= max(_NOTHING, pause.start - now)
        if pause.end is None:
            return None
        now = max(now, pause.end)
    return now + length


def before(end: datetime, length: timedelta, pauses: Sequence[Pause]) -> datetime:
    """The first instant at which no more than `length` of counted time is left until `end`."""
    now = end
    for pause in reversed(pauses):
        if pause.end is None or pause.start >= now:
            continue
        if pause.end <= now - length:
            break
        length -= max(_NOTHING, now - pause.end)
        now = min(now, pause.start)
    return now - length


def between(start: datetime, end: datetime, pauses: Sequence[Pause]) -> timedelta:
    """How much time counts from `start` to `end`; negative when `end` is the earlier one."""
    if end < start:
        return -between(end, start, pauses)
    stopped = _NOTHING
    for pause in pauses:
        until = end if pause.end is None else min(end, pause.end)
        stopped += max(_NOTHING, until - max(start, pause.start))
    return end - start - stopped
