"""The only source of the present moment: instants are aware UTC, legal dates are Asia/Shanghai dates."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

PARK_TZ = ZoneInfo("Asia/Shanghai")


def local_date(instant: datetime) -> date:
    """The legal date (Asia/Shanghai) on which an aware instant falls."""
    return instant.astimezone(PARK_TZ).date()


class Clock(Protocol):
    """Tells the time; commands never ask the operating system themselves."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def today(self) -> date:
        """The present legal date in Asia/Shanghai."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The present legal date in Asia/Shanghai."""
        return local_date(self.now())


class ManualClock:
    """A clock that moves only when told; for tests and for what-if computations."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The instant it was last set to."""
        return self._at

    def today(self) -> date:
        """The legal date of that instant."""
        return local_date(self._at)

    def advance(self, by: timedelta) -> None:
        """Move forward by `by`."""
        self._at += by

    def set(self, at: datetime) -> None:
        """Jump to `at` (aware)."""
        self._at = at.astimezone(UTC)
