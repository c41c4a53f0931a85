"""Who may read the audit trail."""

from shared.actor import Actor
from shared.errors import Forbidden
from shared.text import Text

READS = ("administrator", "auditor")


def require_reader(actor: Actor) -> None:
    """Auditors, and administrators, who answer for the installation."""
    if not actor.has_role(*READS):
        raise Forbidden(
            Text("只有系统管理员和审计人员可以查看", "Only administrators and auditors may see this")
        )
