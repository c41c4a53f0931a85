"""What the platform keeps of a deal: the share that is in force on the day of its first charge."""

from datetime import date
from functools import cache

from shared.tables import read_table


def commission_bp(day: date) -> int:
    """In basis points, for what is charged for the first time on this day (Asia/Shanghai)."""
    return max((since, share) for since, share in _shares() if since <= day)[1]


@cache
def _shares() -> tuple[tuple[date, int], ...]:
    rows = read_table("facilities.production.statements", "commission.csv")
    return tuple((date.fromisoformat(row["effective_on"]), int(row["commission_bp"])) for row in rows)
