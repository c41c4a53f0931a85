"""What special procedures stand in the way of."""

from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.procedures.model import PROCEDURE_NAMES
from approvals.procedures.queries import running_on
from shared.errors import Conflict
from shared.text import Text

_RUNNING = Text(
    "“{kinds}”尚未结束，结束后方可继续", "This has to wait until the special procedure has ended: {kinds}"
)


def require_none_running(session: Session, case: Case) -> None:
    """Refuse an opinion or a decision while a special procedure runs: what comes of it belongs into both.

    A decision after a hearing is made by its record (行政许可法 art. 48).
    """
    running = [PROCEDURE_NAMES[procedure.kind] for procedure in running_on(session, case.id)]
    if running:
        kinds = Text("、".join(name.zh for name in running), ", ".join(name.en for name in running))
        raise Conflict(_RUNNING.format(kinds=kinds), slug="procedure-running")
