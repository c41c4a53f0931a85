"""Who watches over limits: the department its own cases, the park's managers and auditors all of them."""

import sqlalchemy as sa

from approvals.cases.policy import SEES_ALL
from approvals.supervision.model import SupervisionRecord
from shared.actor import Actor
from shared.errors import Forbidden
from shared.text import Text


def require_watcher(actor: Actor) -> None:
    """Refuse whoever has nothing to watch over."""
    if not actor.positions and not actor.has_role(*SEES_ALL):
        raise Forbidden(
            Text("只有工作人员可以查看监察记录", "Only officials may see the supervision records")
        )


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The records that the actor may know of."""
    if actor.has_role(*SEES_ALL):
        return sa.true()
    return SupervisionRecord.department.in_(sorted(actor.departments))
