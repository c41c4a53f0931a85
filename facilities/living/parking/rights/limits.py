"""How much one person may have at a time. Pure.

All numbers are our defaults: no rule of law and no published park has been found that says them.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits against hoarding bays and against lists that nobody can read."""

    cars: int = 5
    """Plates that an account may register."""
    reservations: int = 3
    """Reservations of an account that have not come to their end."""
    passes: int = 3
    """Passes of an account in one car park that are not over."""
    pass_cars: int = 10
    """Plates on one pass."""
    pass_bays: int = 5
    """Bays of one pass."""
    pass_months: int = 12
    """Months that can be bought at once."""
    pass_changes: int = 2
    """How often in a calendar month the plates of a pass may be changed by its holder."""
    grace_days: int = 3
    """For so many days after its end a pass still lets its cars in."""
    pay_within: timedelta = timedelta(hours=2)
    """So long bays are kept for a pass that is not paid yet."""
    book_ahead: timedelta = timedelta(days=31)
    """So far ahead a pass may begin."""
    renew_before: timedelta = timedelta(days=10)
    """In so many last days of a pass it can be renewed."""
    quota_cars: int = 200
    """Plates that a firm may name for its bays in one zone."""
    visits: int = 20
    """Invitations of a host that are not over."""
    visit_minutes: int = 480
    """Free minutes of one invitation."""
    visit_length: timedelta = timedelta(days=3)
    """How long an invitation may last."""
    visit_ahead: timedelta = timedelta(days=30)


DEFAULT_LIMITS = Limits()
