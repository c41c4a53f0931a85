"""Who keeps credit records, and what a record that stands keeps its subject from.

安阳市政务服务条例 (adopted 2021) art. 29: whoever has a grave bad credit record, or once promised falsely, is
not served on a promise until the credit is repaired. The ordinary way stays open to them.
"""

from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.credit.queries import KEEPS, ban_on_case, reason_of
from shared.actor import Actor
from shared.errors import Conflict, Forbidden
from shared.text import Text

PROMISE = Text("告知承诺方式", "handling on a written promise")
_BANNED = Text(
    "申请人{reason}；信用修复前不适用{what}，可以按一般程序办理",
    "Of the applicant: {reason}. Until it is repaired {what} is not open to them; the ordinary way is",
)


def require_keeper(actor: Actor) -> None:
    """Managers and administrators enter and repair records."""
    if not keeps(actor):
        raise Forbidden(
            Text("只有园区管理人员可以维护信用记录", "Only the park's managers keep the credit records")
        )


def keeps(actor: Actor) -> bool:
    """Whether the actor enters and repairs records."""
    return actor.has_role(*KEEPS)


def require_creditworthy(session: Session, case: Case, what: Text = PROMISE) -> None:
    """Refuse what rests on the applicant's word while a record of theirs stands; `what` names it.

    Raises Conflict `credit-ban` with the reason; for the applicant's side and the official at work alone.
    """
    record = ban_on_case(session, case)
    if record is not None:
        raise Conflict(_BANNED.format(reason=reason_of(record), what=what), slug="credit-ban")
