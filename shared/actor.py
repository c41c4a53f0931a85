"""Who acts: a signed-in person with roles, positions and memberships, or the system itself."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from shared.text import Language

PositionKind = Literal["window", "reviewer", "approver"]


@dataclass(frozen=True, slots=True)
class Position:
    """An official's position (岗位) in a department: window, reviewer or approver."""

    department: str
    """The department's unified social credit code."""
    department_name: str
    kind: PositionKind


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's place in an organisation registered on the platform."""

    organisation: UUID
    uscc: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Actor:
    """The one on whose decision something changes; named in every audit entry."""

    kind: Literal["account", "system", "anonymous"]
    id: UUID | None = None
    name: str = ""
    roles: frozenset[str] = frozenset()
    positions: tuple[Position, ...] = ()
    memberships: tuple[Membership, ...] = ()
    language: Language = "zh"
    address: str | None = None
    """Network address the person acted from, for the audit trail."""

    def has_role(self, *roles: str) -> bool:
        """True when at least one of the roles is held."""
        return not self.roles.isdisjoint(roles)

    def holds(self, kind: PositionKind, department: str) -> bool:
        """True when the position is held in that department."""
        return any(p.kind == kind and p.department == department for p in self.positions)

    @property
    def departments(self) -> frozenset[str]:
        """Departments in which any position is held."""
        return frozenset(p.department for p in self.positions)


SYSTEM = Actor(kind="system", name="system")
ANONYMOUS = Actor(kind="anonymous")
