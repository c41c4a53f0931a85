"""When the statutory limit of a case may be extended, and by whom."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from approvals.cases.clock import say_due
from approvals.cases.deadline import Deadlines
from approvals.cases.model import Case
from approvals.extensions.model import Extension, ExtensionState
from approvals.extensions.queries import latest_of, waiting_on
from approvals.items.model import Item, Limit
from shared.actor import Actor
from shared.errors import Conflict, Forbidden
from shared.text import Text
from shared.transaction import Context

_NOT_EXTENDABLE = Text(
    "该事项的审批期限依法不能延长", "The law gives this item no extension of its time limit"
)
_ONCE = Text("审批期限只能延长一次，已延长过", "The limit is extended once, and was extended before")
_WAITING = Text("已申请延长，等待批准", "An extension was requested and waits for approval")
_PASSED = Text(
    "法定期限已于{day}届满，不能再延长", "The statutory limit ended on {day} and can no longer be extended"
)
_OTHER_EYES = Text("申请延长的人员不能批准自己的申请", "Whoever asked for an extension may not approve it")


def extension_of(item: Item) -> Limit | None:
    """By how much the law lets the item's statutory limit be extended."""
    return item.limits.statutory.extension if item.limits.statutory else None


def hindrance(
    session: Session,
    context: Context,
    case: Case,
    item: Item,
    today: date,
    latest: Extension | None,
    *,
    now: datetime | None = None,
) -> Conflict | None:
    """What stands in the way of a request for an extension, `latest` being the one there was."""
    if extension_of(item) is None:
        return Conflict(_NOT_EXTENDABLE, slug="not-extendable")
    if latest is not None and latest.state is ExtensionState.APPROVED:
        return Conflict(_ONCE, slug="already-extended")
    if latest is not None and latest.state is ExtensionState.REQUESTED:
        return Conflict(_WAITING, slug="extension-pending")
    return passed(session, context, case, item, today, now=now)


def passed(
    session: Session, context: Context, case: Case, item: Item, today: date, *, now: datetime | None = None
) -> Conflict | None:
    """That the statutory limit is over: art. 42(1) extends one that runs and heals none that was missed.

    `now` matters to limits in hours alone.
    """
    status = context.resources.get(Deadlines).statutory(session, case, item, today)
    due_on = status.clock.due_on if status else None
    due_at = status.clock.due_at if status else None
    late = due_at is not None and now is not None and now > due_at
    if due_on is not None and (late or today > due_on):
        return Conflict(_PASSED.format(day=say_due(due_on, due_at)), slug="limit-passed")
    return None


def require_extendable(
    session: Session, context: Context, case: Case, item: Item, today: date, *, now: datetime | None = None
) -> Limit:
    """How much more time there can be; Conflict says why there can be none."""
    found = hindrance(session, context, case, item, today, latest_of(session, case.id), now=now)
    limit = extension_of(item)
    if found is not None or limit is None:
        raise found or Conflict(_NOT_EXTENDABLE, slug="not-extendable")
    return limit


def require_other_eyes(session: Session, actor: Actor, case: Case) -> None:
    """The approval is somebody else's than the request."""
    waiting = waiting_on(session, case.id)
    if waiting is not None and waiting.requested_by == actor.id:
        raise Forbidden(_OTHER_EYES, slug="four-eyes")
