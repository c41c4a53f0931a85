"""The demo's bookings fit its machines' opening hours, on whichever day of the week it is made."""

from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Any

import pytest
import yaml

DATA: dict[str, Any] = yaml.safe_load(
    files("facilities.production.machines").joinpath("data", "demo.yaml").read_text("utf-8")
)
SET_UP = timedelta(minutes=DATA["common"]["rules"]["set_up_min"])
SUNDAY = 7


def taken(made: date) -> list[tuple[str, datetime, datetime]]:
    """The machine, and from when until when it is taken, of everything that the demo of that day books."""
    found = []
    for rows, step in ((DATA["uses"], -1), (DATA["bookings"], 1)):
        for row in rows:
            day = made + timedelta(days=step * row["days"])
            day += timedelta(days=step * (day.isoweekday() == SUNDAY))
            since, until = (_time(row[name]) for name in ("since", "until"))
            found.append(
                (row["machine"], datetime.combine(day, since) - SET_UP, datetime.combine(day, until))
            )
    return found


def _time(value: str | int) -> time:
    return time.fromisoformat(value) if isinstance(value, str) else time(value)


@pytest.mark.parametrize(
    "made", [date(2026, 11, 23) + timedelta(days=number) for number in range(7)], ids=str
)
def test_whatever_is_booked_lies_in_the_opening_hours_and_nothing_twice(made: date) -> None:
    hours = {each["weekday"]: each for each in DATA["common"]["hours"]}
    bookings = taken(made)
    for machine, since, until in bookings:
        opened = hours[since.isoweekday()]
        assert opened["since"] <= f"{since:%H:%M}" < f"{until:%H:%M}" <= opened["until"], machine
    for number, (machine, since, until) in enumerate(bookings):
        assert not [
            each for each in bookings[:number] if each[0] == machine and since < each[2] and each[1] < until
        ]
