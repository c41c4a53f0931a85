"""Who may look at what is stuck, and who may act on it."""

from shared.actor import Actor
from shared.errors import Forbidden
from shared.text import Text

ACTS = "administrator"
READS = (ACTS, "auditor")


def require_reader(actor: Actor) -> None:
    """Administrators and auditors read."""
    if not actor.has_role(*READS):
        raise Forbidden(
            Text("只有系统管理员和审计人员可以查看", "Only administrators and auditors may see this")
        )


def require_operator(actor: Actor) -> None:
    """Administrators act."""
    if not acts(actor):
        raise Forbidden(Text("只有系统管理员可以这样操作", "Only administrators may do this"))


def acts(actor: Actor) -> bool:
    """Whether the actor may replay and discard; only they see the content, which may name people."""
    return actor.has_role(ACTS)
