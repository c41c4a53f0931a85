"""Who may know of a dispute and who decides it: its two sides, and those who run the park."""

import sqlalchemy as sa

from facilities.production.machines.disputes.model import Dispute
from facilities.production.machines.policy import firms_of
from shared.actor import Actor
from shared.errors import Forbidden
from shared.text import Text

DECIDES = ("operator", "manager")

_NOT_YOURS = Text("争议由园区运营人员裁定", "The park's operator decides disputes")
_PARTIAL = Text("您是争议一方的成员，不能裁定", "You are a member of one of the two sides and cannot decide")


def visible_dispute(reader: Actor) -> sa.ColumnElement[bool]:
    """The condition under which `reader` may know of a dispute, evidence included."""
    if reader.has_role(*DECIDES):
        return sa.true()
    own = firms_of(reader)
    return sa.or_(Dispute.customer.in_(own), Dispute.owner.in_(own))


def may_decide(actor: Actor, dispute: Dispute) -> bool:
    """Whether it is theirs to decide: they run the park and stand on neither side."""
    return actor.has_role(*DECIDES) and not {dispute.customer, dispute.owner}.intersection(firms_of(actor))


def require_decides(actor: Actor, dispute: Dispute) -> None:
    """Forbidden for whoever may not decide."""
    if not may_decide(actor, dispute):
        raise Forbidden(_PARTIAL if actor.has_role(*DECIDES) else _NOT_YOURS)
