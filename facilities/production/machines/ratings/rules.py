"""Ratings (互评): for how long, when they are shown, and what an average is. Pure."""

from datetime import datetime

from facilities.production.machines.after_use.limits import limits

MOST_STARS = 5
MOST_TEXT = 500


def rate_by(ended_at: datetime, dispute_closed_at: datetime | None) -> datetime:
    """Until when the two sides may rate each other: some days after the end, or after that of a dispute."""
    return max(ended_at, dispute_closed_at or ended_at) + limits().to_rate


def average(stars: int, count: int) -> float | None:
    """The average to one decimal, halves rounded up; None where nobody has rated."""
    return None if not count else (20 * stars + count) // (2 * count) / 10
