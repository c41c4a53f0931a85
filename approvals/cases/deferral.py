"""What of a case may follow later (容缺受理): which promise counts, and what it lets the applicant do."""

from datetime import date

from approvals.cases.model import Case, Deferral, DeferralState
from shared.calendar import say_date
from shared.errors import Conflict
from shared.text import Text

ASKED = (DeferralState.PROMISED, DeferralState.DUE)
"""While a promise is still to be kept."""

_OVER = Text(
    "容缺材料的补齐期限已于{day}届满", "The day by which the missing materials were due, {day}, has passed"
)


def standing(case: Case, *states: DeferralState) -> Deferral | None:
    """The promise that counts, if it stands in one of these states."""
    last = case.deferrals[-1] if case.deferrals else None
    return last if last is not None and last.state in states else None


def promised(case: Case) -> Deferral | None:
    """A promise that the window has not answered yet."""
    return standing(case, DeferralState.PROMISED)


def to_make_up(case: Case) -> Deferral | None:
    """What is to be made up now: the case was accepted with gaps, and they are still there."""
    return standing(case, DeferralState.DUE)


def missing_of(case: Case, deferral: Deferral) -> list[str]:
    """Which of the promised materials have no file yet."""
    there = {material.code for material in case.materials}
    return [code for code in deferral.codes if code not in there]


def takes(case: Case, code: str, today: date) -> bool:
    """Whether the material is one that is to be made up; Conflict when the day for it has passed."""
    deferral = to_make_up(case)
    if deferral is None or code not in deferral.codes:
        return False
    if deferral.due_on is not None and today > deferral.due_on:
        raise Conflict(_OVER.format(day=say_date(deferral.due_on)), slug="make-up-over")
    return True
