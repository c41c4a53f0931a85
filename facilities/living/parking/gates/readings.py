"""What a device at a lane says, and how far its clock is believed. Pure.

A camera asks while the barrier waits, or tells later what it did while the line was down; it may say a thing
twice, late, or in another order. Its clock may be wrong. The time that counts is never after the receipt, and
close to it while a barrier waits: then the car stands there now, whatever the device's clock says. What the
three limits come to is the park's to set; the defaults are ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.text import Text


class Direction(StrEnum):
    """Which way a lane leads."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is forgiven to devices."""

    skew: timedelta = timedelta(minutes=2)
    """By how much a clock may be wrong, and how long a request of a waiting barrier may take."""
    late: timedelta = timedelta(days=3)
    """How old something may be that is told later."""
    repeat: timedelta = timedelta(seconds=10)
    """Within which the same plate in the same lane is the same car, seen again."""
    cause: timedelta = timedelta(seconds=30)
    """For how long after an answer or a command a barrier may open."""


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Reading:
    """One event of a device."""

    id: str
    """By which the device tells its events apart; the same one again is the same event."""
    device: str
    lane: str
    direction: Direction
    plate: str | None
    """Normalised; None where the camera saw none."""
    seen_at: datetime
    """By the clock of the device."""
    received_at: datetime
    """By ours."""
    waiting: bool = True
    """Whether a barrier waits for the answer; else it is told later."""


class Doubt(StrEnum):
    """Why the clock of a device was not believed."""

    AHEAD = "clock_ahead"
    BEHIND = "clock_behind"
    STALE = "too_old"


DOUBT_NAMES: dict[Doubt, Text] = {
    Doubt.AHEAD: Text("设备时钟超前", "The clock of the device is ahead"),
    Doubt.BEHIND: Text("设备时钟落后", "The clock of the device is behind"),
    Doubt.STALE: Text("补传的事件过旧，时间不可信", "It is too old for its time to be believed"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """When something counts as having happened."""

    at: datetime
    doubt: Doubt | None = None
    """Something for the operator to look at: the receipt counts instead of the device's clock."""


def moment_of(reading: Reading, limits: Limits = DEFAULT_LIMITS) -> Moment:
    """The time by which a reading is ordered and charged."""
    if reading.waiting and reading.received_at - reading.seen_at > limits.skew:
        return Moment(reading.received_at, Doubt.BEHIND)
    return believed(reading.seen_at, reading.received_at, limits)


def believed(said_at: datetime, received_at: datetime, limits: Limits = DEFAULT_LIMITS) -> Moment:
    """The time of what a device tells when nobody waits, by its clock and by ours."""
    age = received_at - said_at
    if age < -limits.skew:
        return Moment(received_at, Doubt.AHEAD)
    if age < timedelta(0):
        return Moment(received_at)
    return Moment(received_at, Doubt.STALE) if age > limits.late else Moment(said_at)


def is_same_event(kept: Reading, came: Reading) -> bool:
    """Whether an event with a known id says the same as before: a repetition, to be answered as before.

    Else two events of a device have one id, and the later one has to be refused.
    """

    def said(reading: Reading) -> tuple[str, Direction, str | None, datetime]:
        return reading.lane, reading.direction, reading.plate, reading.seen_at

    return kept.device == came.device and kept.id == came.id and said(kept) == said(came)


def is_seen_again(one: Reading, other: Reading, limits: Limits = DEFAULT_LIMITS) -> bool:
    """Whether two events are of the same car that stands in the lane; in whichever order they came.

    Cars without a plate cannot be told apart, so they never are.
    """
    same = one.plate is not None and (one.plate, one.lane, one.direction) == (
        other.plate,
        other.lane,
        other.direction,
    )
    return same and abs(moment_of(one, limits).at - moment_of(other, limits).at) <= limits.repeat


def is_unexplained(opened_at: datetime, causes: Iterable[datetime], limits: Limits = DEFAULT_LIMITS) -> bool:
    """Whether a barrier opened without an answer or a command before: somebody is to be told.

    `causes` are the times of what may have opened it in that lane, by our clock.
    """
    return not any(timedelta(0) <= opened_at - cause <= limits.cause for cause in causes)
