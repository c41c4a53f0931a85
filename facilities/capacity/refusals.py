"""The kinds of refusal that only the capacity engine knows, with what they name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from facilities.capacity.grid import Span
from facilities.capacity.rules import say_span
from shared.clock import PARK_TZ
from shared.errors import Conflict, FieldError
from shared.refusals import refusal
from shared.text import Text

MOST_NAMED = 50
"""Bookings that a refusal lists; whoever has to move more begins with these."""

_FULL = Text("{span}：{free}个单位空闲，缺{short}个", "{span}: {free} units free, {short} short")
_CLOSED = Text("{span}：不开放", "{span}: closed")
_INSTEAD = Text("可改为{span}", "Free instead: {span}")
_IN_THE_WAY = Text("预订{booking}：{span}，{units}个单位", "Booking {booking}: {span}, {units} units")
_FULL_DETAIL = Text("所选时段容量不足", "There is not enough capacity at that time")
_WAY_DETAIL = Text("已有预订占用该时段，请先处理", "Bookings stand in the way; see to them first")


@dataclass(frozen=True, slots=True)
class Shortage:
    """Slots in a row of one ledger in which equally much is missing."""

    ledger_id: int
    span: Span
    free: int
    """Units that are free there."""
    short: int
    """Units that are missing."""
    closed: bool = False
    """Whether it is not open at all."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another time at which the wish could be met."""

    kind: str
    """`earlier` or `later` on the day, `shorter`, or `other_day`."""
    span: Span


class Full(Conflict):
    """There is not enough capacity: names the full slots, by how much, and what is free instead."""

    slug = "capacity-full"
    title = Text("容量不足", "There is not enough capacity")

    def __init__(
        self,
        shortages: Sequence[Shortage],
        alternatives: Sequence[Alternative] = (),
        tz: ZoneInfo = PARK_TZ,
    ) -> None:
        said = [
            FieldError(
                "/starts_at",
                "closed" if each.closed else "full",
                (_CLOSED if each.closed else _FULL).format(
                    span=say_span(each.span, tz), free=each.free, short=each.short
                ),
            )
            for each in shortages
        ]
        said += [
            FieldError("/starts_at", "alternative", _INSTEAD.format(span=say_span(each.span, tz)))
            for each in alternatives
        ]
        super().__init__(_FULL_DETAIL, said)
        self.shortages = tuple(shortages)
        self.alternatives = tuple(alternatives)
        self.tz = tz

    @property
    def members(self) -> dict[str, Any]:
        """The same for programs. Which pools of capacity a resource takes is nobody's business."""
        return {
            "full": [
                {**_times(each.span), "free": each.free, "short": each.short, "closed": each.closed}
                for each in self.shortages
            ],
            "alternatives": [{"kind": each.kind, **_times(each.span)} for each in self.alternatives],
        }


def _times(span: Span) -> dict[str, str]:
    return {"starts_at": span.start.isoformat(), "ends_at": span.end.isoformat()}


@dataclass(frozen=True, slots=True)
class Standing:
    """A booking that takes capacity somewhere: when, with all that belongs to it, and how much."""

    booking_id: UUID
    span: Span
    units: int


class InTheWay(Conflict):
    """A closure or another capacity is contradicted by bookings: lists them; nothing is changed."""

    slug = "bookings-in-the-way"
    title = Text("已有预订占用该时段", "Bookings stand in the way")

    def __init__(self, bookings: Sequence[Standing], tz: ZoneInfo = PARK_TZ) -> None:
        said = [
            FieldError(
                "/",
                "in_the_way",
                _IN_THE_WAY.format(booking=each.booking_id, span=say_span(each.span, tz), units=each.units),
            )
            for each in bookings[:MOST_NAMED]
        ]
        super().__init__(_WAY_DETAIL, said)
        self.bookings = tuple(bookings)


_INSTANT = {"type": "string", "format": "date-time"}
_SPAN = {"starts_at": _INSTANT, "ends_at": _INSTANT}
_COUNT = {"type": "integer", "minimum": 0}


def _list_of(said: str, properties: dict[str, Any]) -> dict[str, Any]:
    items = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "array", "description": said, "items": items}


CAPACITY_FULL = refusal(
    Full,
    "There is not enough capacity at that time; `full` says where, `alternatives` what is free instead",
    members={
        "full": _list_of(
            "Times in which there is too little: how many units are free, and how many are missing",
            {**_SPAN, "free": _COUNT, "short": _COUNT, "closed": {"type": "boolean"}},
        ),
        "alternatives": _list_of(
            "Up to three other times at which the wish would fit",
            {"kind": {"type": "string", "enum": ["earlier", "later", "shorter", "other_day"]}, **_SPAN},
        ),
    },
    example={
        "full": [
            {
                "starts_at": "2026-12-01T02:00:00+00:00",
                "ends_at": "2026-12-01T04:00:00+00:00",
                "free": 0,
                "short": 1,
                "closed": False,
            }
        ],
        "alternatives": [
            {
                "kind": "later",
                "starts_at": "2026-12-01T04:00:00+00:00",
                "ends_at": "2026-12-01T07:00:00+00:00",
            }
        ],
    },
)
BOOKINGS_IN_THE_WAY = refusal(InTheWay, "Bookings contradict the closure or the change; `errors` lists them")
EXCEPTION_OVERLAPS = refusal(
    Conflict, "A closure or another capacity stands for a part of that time", "exception-overlaps"
)
HOLD_EXPIRED = refusal(Conflict, "The time to confirm or to approve it is over", "hold-expired")
NOT_NOW = refusal(Conflict, "It is too early or too late for that, by the times of the booking", "not-now")
WRONG_STATE = refusal(Conflict, "The state of the booking does not allow the verb", "wrong-state")
FREE_NOW = refusal(Conflict, "That time is free: it can be booked at once", "free-now")
ALREADY_WAITING = refusal(Conflict, "The same is waited for already", "already-waiting")
