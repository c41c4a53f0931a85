"""What special procedures stand in the way of."""

from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.items.model import Item
from approvals.procedures.model import PROCEDURE_NAMES, ProcedureKind
from approvals.procedures.queries import running_on
from shared.errors import Conflict
from shared.text import Text

_RUNNING = Text(
    "“{kinds}”尚未结束，结束后方可继续", "This has to wait until the special procedure has ended: {kinds}"
)

_NOT_LISTED = Text(
    "该事项的特别程序仅限：{kinds}", "For this item only these special procedures may be started: {kinds}"
)
_NONE_LISTED = Text("该事项没有特别程序", "The item has no special procedure")


def listed(item: Item) -> list[ProcedureKind]:
    """The kinds that the item names; no other stops its clocks (行政许可法 art. 45: 依法需要)."""
    return [kind for kind in ProcedureKind if kind.value in item.procedures]


def require_listed(item: Item, kind: ProcedureKind) -> None:
    """Refuse a kind that the item does not name, and say which it does."""
    allowed = listed(item)
    if kind in allowed:
        return
    if not allowed:
        raise Conflict(_NONE_LISTED, slug="procedure-not-listed")
    names = [PROCEDURE_NAMES[each] for each in allowed]
    kinds = Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))
    raise Conflict(_NOT_LISTED.format(kinds=kinds), slug="procedure-not-listed")


def require_none_running(session: Session, case: Case) -> None:
    """Refuse an opinion or a decision while a special procedure runs: what comes of it belongs into both.

    A decision after a hearing is made by its record (行政许可法 art. 48).
    """
    running = [PROCEDURE_NAMES[procedure.kind] for procedure in running_on(session, case.id)]
    if running:
        kinds = Text("、".join(name.zh for name in running), ", ".join(name.en for name in running))
        raise Conflict(_RUNNING.format(kinds=kinds), slug="procedure-running")
