"""Which limit of a case was missed, and who has to say publicly why."""

from datetime import datetime

from sqlalchemy.orm import Session

from approvals.cases.clock import ClockKind
from approvals.cases.dates import OpenDate, read_dates
from approvals.cases.lifecycle import allows
from approvals.cases.model import Case
from approvals.cases.policy import is_applicant
from approvals.cases.record import Office
from approvals.tasks.policy import EXAMINATION, claimed_task, office_of
from shared.actor import Actor
from shared.errors import Conflict, Forbidden
from shared.text import Text

MANAGES = "manager"

_IN_TIME = Text("办理期限尚未超过，无需说明", "No limit has been missed, so there is nothing to explain")
_NOT_RESPONSIBLE = Text(
    "只有领取审查或者决定任务的人员或者管理人员可以公开说明",
    "Only the official who has claimed the case, or a manager, may explain the delay",
)


def missed(case: Case, now: datetime) -> tuple[ClockKind, OpenDate] | None:
    """The limit that was missed while the case is open: the promised one, else the statutory one.

    优化营商环境条例 art. 36(2): “超过办理时间的，办理单位应当公开说明理由”.
    """
    if not allows("explain-overdue", case.state):
        return None
    dates = read_dates(case.dates)
    for kind in (ClockKind.PROMISED, ClockKind.STATUTORY):
        found = dates.get(kind.value)
        if found is not None and now > found.until:
            return kind, found
    return None


def require_missed(case: Case, now: datetime) -> tuple[ClockKind, OpenDate]:
    """The same; Conflict where every limit has been kept so far."""
    found = missed(case, now)
    if found is None:
        raise Conflict(_IN_TIME, slug="not-overdue")
    return found


def may_explain(actor: Actor, case: Case, claims: bool) -> bool:
    """Whether the actor answers for the case: holds the examination, or manages the park; never their own."""
    return not is_applicant(actor, case) and (claims or actor.has_role(MANAGES))


def require_responsible(session: Session, actor: Actor, case: Case) -> Office:
    """In what office the actor explains; Forbidden for everybody else."""
    task = claimed_task(session, actor, case, *EXAMINATION)
    if not may_explain(actor, case, task is not None):
        raise Forbidden(_NOT_RESPONSIBLE, slug="claim-required")
    return "manager" if task is None else office_of(task)
