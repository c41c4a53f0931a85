"""Who may do what with the rights to park.

Whoever is signed in has cars, reservations and passes of their own, and of those of others knows nothing.
Members act for their firm. The operator runs the car park; managers, administrators and auditors read.
"""

from uuid import UUID

from shared.actor import Actor
from shared.errors import Forbidden
from shared.text import Text

RUNS = "operator"
READS = (RUNS, "manager", "administrator", "auditor")

_NOT_OPERATOR = Text("只有停车场运营人员可以这样办理", "Only the operator of the car park may do this")
_NOT_YOURS = Text("只有本人可以这样办理", "Only whoever it belongs to may do this")
_NOT_MEMBER = Text("您不是该企业的成员", "You are not a member of this firm")


def firms_of(actor: Actor) -> list[str]:
    """Credit codes of the firms for which somebody may act."""
    return sorted(membership.uscc for membership in actor.memberships)


def reads_all(reader: Actor) -> bool:
    """Whether somebody sees what others have."""
    return reader.has_role(*READS)


def require_operator(actor: Actor) -> None:
    """They run the car park; Forbidden otherwise."""
    if not actor.has_role(RUNS):
        raise Forbidden(_NOT_OPERATOR)


def require_member(actor: Actor, uscc: str) -> None:
    """They act for the firm; Forbidden otherwise."""
    if uscc not in firms_of(actor):
        raise Forbidden(_NOT_MEMBER)


def require_own(actor: Actor, account_id: UUID) -> None:
    """It is theirs; Forbidden for those who may only see it."""
    if actor.id != account_id:
        raise Forbidden(_NOT_YOURS)


def account_of(actor: Actor) -> UUID:
    """Whose doing it is; Forbidden for the system, which parks no cars."""
    if actor.id is None:
        raise Forbidden
    return actor.id
