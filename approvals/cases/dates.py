"""The dates of the clocks that run on a case, as its row keeps them: computed from the facts, never edited.

They are what lists are ordered by, what re-dating compares, and when a warning is due.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from approvals.cases import clock
from shared.text import Text

INTERNAL = f"{clock.ClockKind.STAGE.value}:"
"""What the keys of stages begin with, which are nobody's business outside the authority."""


@dataclass(frozen=True, slots=True)
class OpenDate:
    """When a running clock ends, and from when on its light is yellow.

    `at` is given for a limit in hours; `until` is the last instant that is in time for any. `ends` is the
    event that a stage waits for.
    """

    on: date
    at: datetime | None
    until: datetime
    yellow_from: datetime
    provisional: bool
    name: dict[str, str]
    ends: str | None = None

    @classmethod
    def of(cls, status: clock.ClockStatus) -> "OpenDate | None":
        """Of a clock that runs; None of one that has ended, or stands still until nobody knows when."""
        found = status.clock
        if found.closed_by is not None or found.due_on is None or found.due_until is None:
            return None
        return cls(
            on=found.due_on,
            at=found.due_at,
            until=found.due_until,
            yellow_from=status.yellow_from or found.due_until,
            provisional=found.provisional,
            name=found.name.to_dict(),
            ends=found.stage.ends.value if found.stage else None,
        )

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "OpenDate":
        """As `to_json` has written it."""
        return cls(
            on=date.fromisoformat(data["on"]),
            at=datetime.fromisoformat(data["at"]) if data["at"] else None,
            until=datetime.fromisoformat(data["until"]),
            yellow_from=datetime.fromisoformat(data["yellow_from"]),
            provisional=data["provisional"],
            name=data["name"],
            ends=data["ends"],
        )

    def to_json(self) -> dict[str, Any]:
        """For the row; instants in UTC, so that equal dates are equal words."""
        return {
            "on": self.on.isoformat(),
            "at": clock.in_utc(self.at).isoformat() if self.at else None,
            "until": clock.in_utc(self.until).isoformat(),
            "yellow_from": clock.in_utc(self.yellow_from).isoformat(),
            "provisional": self.provisional,
            "name": self.name,
            "ends": self.ends,
        }

    @property
    def text(self) -> Text:
        """The date in words; of a limit in hours the minute too."""
        return clock.say_due(self.on, self.at)

    def light(self, now: datetime) -> str:
        """green, yellow or red at an instant."""
        if now > self.until:
            return clock.Light.RED.value
        return (clock.Light.YELLOW if now >= self.yellow_from else clock.Light.GREEN).value


Dates = Mapping[str, Mapping[str, Any]]
"""The open dates of a case by the key of their clock."""


def open_dates(reading: clock.Reading) -> dict[str, dict[str, Any]]:
    """Every clock that runs, in the order of the ledger."""
    found = ((status.clock.key, OpenDate.of(status)) for status in reading.clocks)
    return {key: each.to_json() for key, each in found if each is not None}


def read_dates(dates: Dates) -> dict[str, OpenDate]:
    """What `open_dates` has written."""
    return {key: OpenDate.read(data) for key, data in dates.items()}


def stage_that_ends_with(dates: Dates, event: clock.FactKind) -> tuple[str, OpenDate] | None:
    """The running stage that waits for an event, with its key."""
    found = ((key, each) for key, each in read_dates(dates).items() if each.ends == event.value)
    return next(found, None)
