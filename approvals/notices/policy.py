"""When there is a public notice, what has to wait for it, who objects and who reads objections."""

from datetime import date

from sqlalchemy.orm import Session

from approvals.cases import policy as case_policy
from approvals.cases.lifecycle import State
from approvals.cases.model import Case
from approvals.items.model import Item, PublicNotice
from approvals.notices.model import NoticeState, Objection, Standing
from approvals.notices.queries import latest_of, objections_on
from approvals.tasks import policy as tasks
from approvals.tasks.queries import has_live_task
from shared.actor import Actor
from shared.calendar import say_date
from shared.errors import Conflict, FieldError, Forbidden, InvalidInput
from shared.text import Text

_NO_NOTICE = Text("该事项此时不需要公示", "The item asks for no public notice at this point")
_REQUIRED = Text(
    "该事项须先公示{days}，公示期满无异议方可提交申请",
    "A public notice of {days} comes first; the application can be handed in when nobody has objected",
)
_RUNNING = Text(
    "公示期至{day}（含当日）届满，届满后方可提交申请",
    "The notice stands until {day}; the application may be handed in after that",
)
_CLOSED = Text(
    "公示期届满后{days}内未提交申请，须重新公示",
    "The {days} to apply after the notice are over; the notice has to be published again",
)
_WAIT = Text(
    "正在公示，至{day}（含当日）届满；届满后方可作出决定",
    "A public notice runs until {day}; the decision waits",
)
_NOT_HELD = Text(
    "准予前应当公示，尚未公示", "There has to be a public notice before a grant; there was none yet"
)
_UNANSWERED = Text(
    "公示期内的异议尚未核查答复，答复后方可作出决定",
    "An objection has not been examined and answered yet; the decision waits for that",
)
_OWN = Text("对自己的公示请使用“撤回”", "To end a notice of your own, withdraw it")
_AUTHORITY = Text("只有工作人员可以代表部门提出异议", "Only officials object for an authority")
_NOT_YOURS = Text(
    "异议只由领取该办件任务的工作人员查阅",
    "Objections are read by the official who has claimed the case's task",
)


def before_filing(item: Item) -> PublicNotice | None:
    """The notice that comes before the application, if the item asks for one."""
    notice = item.public_notice
    return notice if notice is not None and notice.timing == "before_filing" else None


def before_decision(item: Item) -> PublicNotice | None:
    """The notice that comes before the decision, if the item asks for one."""
    notice = item.public_notice
    return notice if notice is not None and notice.timing == "before_decision" else None


def put_up_by_officials(item: Item) -> PublicNotice | None:
    """The notice before the decision, where an official puts it up and it does not open by itself."""
    notice = before_decision(item)
    return None if notice is None or notice.opens_itself else notice


def require_noticed(case: Case, item: Item) -> None:
    """Refuse an application before its notice, while it stands, and when the time after it is over."""
    notice = before_filing(item)
    if notice is None:
        return
    if case.state is State.DRAFT:
        raise Conflict(_REQUIRED.format(days=notice.days.text), slug="notice-required")
    if case.state is State.ON_NOTICE and case.due_on is not None:
        raise Conflict(_RUNNING.format(day=say_date(case.due_on)), slug="notice-running")
    if case.state is State.LAPSED and notice.filing is not None:
        raise Conflict(_CLOSED.format(days=notice.filing.text), slug="filing-window-closed")


def require_notice(notice: PublicNotice | None) -> PublicNotice:
    """The notice that may be published now; Conflict where there is to be none."""
    if notice is None:
        raise Conflict(_NO_NOTICE, slug="no-notice")
    return notice


def require_decidable(session: Session, case: Case, item: Item, *, granted: bool) -> None:
    """Refuse a decision while a notice runs, and a grant where the notice was never held."""
    if before_decision(item) is None:
        return
    latest = latest_of(session, case.id)
    if latest is not None and latest.state is NoticeState.RUNNING:
        raise Conflict(_WAIT.format(day=say_date(latest.last_on)), slug="notice-running")
    if unanswered(session, case, item):
        raise Conflict(_UNANSWERED, slug="objection-open")
    if granted and (latest is None or latest.state is not NoticeState.ENDED):
        raise Conflict(_NOT_HELD, slug="notice-required")


def require_may_object(actor: Actor, case: Case, standing: Standing) -> None:
    """Anybody else may object; who has an interest in the sense of the law is for the authority to judge."""
    if case_policy.is_applicant(actor, case):
        raise Forbidden(_OWN)
    if standing is Standing.AUTHORITY and not actor.positions:
        raise InvalidInput(errors=[FieldError("/standing", "choice", _AUTHORITY)])


def require_reads_objections(session: Session, actor: Actor, case: Case) -> None:
    """Names and reasons are for the official who holds the task.

    Where nobody has anything to do on the case yet, or any more, for the window of its department.
    """
    if tasks.claimed_kinds(session, actor, case):
        return
    if not actor.holds("window", case.department) or has_live_task(session, case.id):
        raise Forbidden(_NOT_YOURS)


def stopped_until(session: Session, case: Case, item: Item) -> tuple[date, ...]:
    """The last day of the notice that stops the clocks of the case now; empty where none does."""
    notice = before_decision(item)
    if notice is None or notice.stops_clocks is None:
        return ()
    latest = latest_of(session, case.id)
    return (latest.last_on,) if latest is not None and latest.state is NoticeState.RUNNING else ()


def unanswered(session: Session, case: Case, item: Item) -> list[Objection]:
    """The objections that are to be answered before the decision; none where the decision weighs them."""
    notice = before_decision(item)
    if notice is None or notice.answered_in is None:
        return []
    return [each for each in objections_on(session, case.id) if each.outcome is None]


def notice_runs(session: Session, case: Case, item: Item) -> bool:
    """Whether a notice before the decision runs."""
    latest = latest_of(session, case.id) if before_decision(item) is not None else None
    return latest is not None and latest.state is NoticeState.RUNNING


def decision_waits(session: Session, case: Case, item: Item) -> bool:
    """Whether the decision has to wait for the end of a notice, or for an objection to be answered."""
    return notice_runs(session, case, item) or bool(unanswered(session, case, item))
