"""A date by which something is due, with its light, as every reader gets it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from approvals.cases import clock
from approvals.cases.dates import OpenDate
from approvals.cases.deadline import Deadlines, Reckoning, hours_left


def due_view(
    deadlines: Deadlines,
    session: Session,
    due: Reckoning,
    now: datetime,
    today: date,
    *,
    light: str | None = None,
    ended: bool = False,
) -> dict[str, Any] | None:
    """What is due when; None where no date is known. `light` where it is not the clock's own."""
    if due.due_on is None:
        return None
    shown = light or deadlines.light(
        due.due_on, due.yellow_on, today, due_at=due.due_at, yellow_at=due.yellow_at, now=now
    )
    return {
        "on": due.due_on.isoformat(),
        "at": due.due_at.isoformat() if due.due_at else None,
        "kind": due.due_kind,
        "light": "ended" if ended else shown,
        "days_left": None if ended else deadlines.days_left(session, due.due_on, today),
        "hours_left": None if ended else hours_left(due.due_at, now),
        "provisional": due.provisional,
    }


def stage_view(key: str, date: OpenDate, now: datetime) -> dict[str, Any]:
    """A running stage (环节), for officials alone."""
    return {
        "key": key.partition(":")[2],
        "name": date.name,
        "on": date.on.isoformat(),
        "at": clock.in_utc(date.at).isoformat() if date.at else None,
        "light": date.light(now),
        "provisional": date.provisional,
    }
