"""Who keeps the calendar. The calendar itself is public."""

from shared.actor import Actor
from shared.errors import Forbidden
from shared.text import Text

KEEPS = "administrator"
READS = (KEEPS, "auditor")


def require_keeper(actor: Actor) -> None:
    """Administrators enter and publish notices."""
    if not keeps(actor):
        raise Forbidden(Text("只有系统管理员可以维护工作日历", "Only administrators keep the calendar"))


def require_reader(actor: Actor) -> None:
    """Administrators and auditors see what is being prepared, and whom it concerns."""
    if not reads(actor):
        raise Forbidden(
            Text("只有系统管理员和审计人员可以查看", "Only administrators and auditors may see this")
        )


def keeps(actor: Actor) -> bool:
    """Whether the actor enters and publishes notices."""
    return actor.has_role(KEEPS)


def reads(actor: Actor) -> bool:
    """Whether the actor sees drafts."""
    return actor.has_role(*READS)
