"""The people of these stories, as the edge would describe them."""

from dataclasses import replace
from uuid import UUID

from shared.actor import Actor, Membership, Position, PositionKind

BODY = "11990101MB0DEM2282"
BODY_NAME = "示范区行政审批局"


def applicant(number: int = 1, name: str = "企业经办人甲") -> Actor:
    """Somebody who applies."""
    return Actor(kind="account", id=UUID(int=number), name=name, roles=frozenset({"applicant"}))


def member_of(uscc: str, number: int = 3, name: str = "企业成员丙") -> Actor:
    """A member of an organisation, who applies on its behalf."""
    membership = Membership(UUID(int=900), uscc, "企业", "member")
    actor = applicant(number, name)
    return replace(actor, roles=frozenset({"enterprise_member"}), memberships=(membership,))


def official(kind: PositionKind, number: int, department: str = BODY) -> Actor:
    """An official with one position."""
    return Actor(
        kind="account",
        id=UUID(int=number),
        name=f"{kind}-{number}",
        roles=frozenset({"official"}),
        positions=(Position(department, BODY_NAME, kind),),
    )


AGENT = applicant()
OTHER_AGENT = applicant(2, "企业经办人乙")
WINDOW = official("window", 11)
OTHER_WINDOW = official("window", 12)
REVIEWER = official("reviewer", 13)
APPROVER = official("approver", 14)
AUDITOR = Actor(kind="account", id=UUID(int=15), name="审计人员", roles=frozenset({"auditor"}))
MANAGER = Actor(kind="account", id=UUID(int=18), name="园区管理者", roles=frozenset({"manager"}))
ADMIN = Actor(kind="account", id=UUID(int=16), name="系统管理员", roles=frozenset({"administrator"}))
MANAGER = Actor(kind="account", id=UUID(int=18), name="园区管理人员", roles=frozenset({"manager"}))
OTHER_ADMIN = Actor(kind="account", id=UUID(int=17), name="系统管理员乙", roles=frozenset({"administrator"}))
