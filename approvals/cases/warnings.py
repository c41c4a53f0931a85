"""When somebody has to be warned about a case (电子监察): computed from its dates, woken by a timer.

A light turns yellow for the limit that the applicant waits for; it turns red when the promised limit is
missed, and the case gets a red card (红牌) when the statutory one is. No national rule says so (domain: the
concept of lights alone is official), so when a light turns yellow is a setting of the installation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from approvals.cases.clock import ClockKind
from approvals.cases.dates import Dates, OpenDate, read_dates
from approvals.cases.model import Case
from shared.transaction import Transaction

WARNING_TIMER = "case-warning"


class WarningLight(StrEnum):
    """What is warned of (监察预警类型): close to the limit, promised limit missed, statutory limit missed."""

    YELLOW = "yellow"
    RED = "red"
    RED_CARD = "red_card"


@dataclass(frozen=True, slots=True)
class DueWarning:
    """A warning that is due from an instant on, for one clock of a case."""

    clock: str
    light: WarningLight
    at: datetime
    date: OpenDate


def warnings_of(dates: Dates) -> list[DueWarning]:
    """Every warning that the running clocks of a case lead to, the earliest first."""
    found = read_dates(dates)
    return sorted(_each(found), key=lambda each: each.at)


def _each(dates: dict[str, OpenDate]) -> Iterator[DueWarning]:
    promised = ClockKind.PROMISED.value in dates
    for key, date in dates.items():
        kind = key.partition(":")[0]
        awaited = kind in (ClockKind.INTAKE, ClockKind.PROMISED) or (
            kind == ClockKind.STATUTORY and not promised
        )
        if awaited and date.yellow_from <= date.until:
            yield DueWarning(key, WarningLight.YELLOW, date.yellow_from, date)
        # One resolution of the clock after the last instant that is in time.
        if kind == ClockKind.PROMISED:
            yield DueWarning(key, WarningLight.RED, date.until + datetime.resolution, date)
        elif kind == ClockKind.STATUTORY:
            yield DueWarning(key, WarningLight.RED_CARD, date.until + datetime.resolution, date)


def schedule_warning(tx: Transaction, case: Case, before: Dates) -> None:
    """Have the case looked at when its next warning is due; at once where one should have been given.

    `before` are its dates until now: where they lead to the same warnings, the appointment stands.
    """
    due, known = warnings_of(case.dates), warnings_of(before)
    if due == known:
        return
    if due:
        tx.schedule(WARNING_TIMER, str(case.id), max(tx.now, due[0].at), {"case_id": str(case.id)})
    else:
        tx.unschedule(WARNING_TIMER, str(case.id))
