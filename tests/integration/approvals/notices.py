"""Entering and publishing the invented notice of the tests by the API."""

from datetime import date, datetime
from typing import Any

from shared.actor import Actor
from shared.clock import PARK_TZ
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import ADMIN
from tests.unit.calendar_cases import body

PATH = "/calendar/2027"


def at(day: date, hour: int = 10) -> datetime:
    """An hour of the day in the park."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=PARK_TZ)


def prepare(desk: Desk, who: Actor = ADMIN, seen: str | None = None, path: str = PATH, **changes: Any) -> Any:
    """PUT the draft, at the year's present version unless `seen` says otherwise."""
    etag = seen or desk.get(None, path).headers["ETag"]
    headers = {"If-Match": etag}
    return desk.client(who).put(f"{path}/draft", json=body(**changes), headers=headers)


def publish(desk: Desk, who: Actor = ADMIN, seen: str | None = None, path: str = PATH, **headers: str) -> Any:
    """POST publish, likewise."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent["If-Match"] = seen or desk.get(None, path).headers["ETag"]
    return desk.client(who).post(f"{path}/publish", json={"reason": "已与原文核对"}, headers=sent)


def in_force(desk: Desk, **changes: Any) -> None:
    """Bring the invented notice into force; nothing is re-dated before events settle."""
    assert prepare(desk, **changes).status_code == 200
    assert publish(desk).status_code == 200
