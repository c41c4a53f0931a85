"""Everybody who may come to the park's API, by the name of their column in `docs/rights.md`."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from gateway.accounts.commands import NewAccount, appoint, establish_department, open_account
from gateway.accounts.keys import KeyRing
from gateway.accounts.model import MemberRole, Organisation, OrganisationMember, PositionKind, Role
from gateway.accounts.passwords import Passwords
from gateway.routing.tokens import Tokens
from shared.actor import SYSTEM, Actor
from shared.service import Runtime
from shared.text import Text
from shared.transaction import Transaction
from tests.integration.approvals import fire
from tests.integration.approvals.funds import ECONOMY, FINANCE, FIRST, MARKET, PAYER, TAX, TAXES
from tests.integration.approvals.people import AGENT, APPROVER, BODY, BODY_NAME, OTHER_AGENT, REVIEWER, WINDOW

ELSEWHERE = "11990101MB0DEM236W"
"""A department that is not responsible for the item people apply for here."""
PASSWORD = "a password of the park"
NOBODY = "nobody"
HOLDER = "holder"
"""Not one person: whoever has claimed the task of the object in question."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account."""

    id: UUID
    role: Role
    posts: Sequence[tuple[str, PositionKind]] = ()


def _official(number: int, *kinds: PositionKind, department: str = BODY) -> Person:
    return Person(UUID(int=number), Role.OFFICIAL, [(department, kind) for kind in kinds])


PEOPLE = {
    "applicant": Person(AGENT.id or UUID(int=0), Role.APPLICANT),
    "member": Person(UUID(int=3), Role.APPLICANT),
    "head": Person(UUID(int=4), Role.APPLICANT),
    "outsider": Person(OTHER_AGENT.id or UUID(int=0), Role.APPLICANT),
    "rival": Person(UUID(int=5), Role.APPLICANT),
    "resident": Person(UUID(int=6), Role.RESIDENT),
    "window": _official(21, PositionKind.WINDOW),
    "reviewer": _official(22, PositionKind.REVIEWER),
    "approver": _official(23, PositionKind.APPROVER),
    "elsewhere": _official(24, *PositionKind, department=ELSEWHERE),
    "no post": _official(25),
    "operator": Person(UUID(int=31), Role.OPERATOR),
    "manager": Person(UUID(int=32), Role.MANAGER),
    "admin": Person(UUID(int=33), Role.ADMINISTRATOR),
    "auditor": Person(UUID(int=34), Role.AUDITOR),
    # Those who hold the claims; each has a colleague above, with the same post and without the claim.
    "holder of first review": Person(
        ECONOMY.id or UUID(int=0), Role.OFFICIAL, [(FIRST, PositionKind.REVIEWER)]
    ),
    "holder of payment": Person(FINANCE.id or UUID(int=0), Role.OFFICIAL, [(PAYER, PositionKind.REVIEWER)]),
    "holder of tax review": Person(TAX.id or UUID(int=0), Role.OFFICIAL, [(TAXES, PositionKind.REVIEWER)]),
    "holder of market review": Person(
        MARKET.id or UUID(int=0), Role.OFFICIAL, [(ELSEWHERE, PositionKind.REVIEWER)]
    ),
    "holder of intake": Person(WINDOW.id or UUID(int=0), Role.OFFICIAL, [(BODY, PositionKind.WINDOW)]),
    "holder of review": Person(REVIEWER.id or UUID(int=0), Role.OFFICIAL, [(BODY, PositionKind.REVIEWER)]),
    "holder of fire intake": Person(
        fire.WINDOW.id or UUID(int=0), Role.OFFICIAL, [(fire.BODY, PositionKind.WINDOW)]
    ),
    "holder of fire decision": Person(
        fire.APPROVER.id or UUID(int=0), Role.OFFICIAL, [(fire.BODY, PositionKind.APPROVER)]
    ),
    "holder of check": Person(
        fire.INSPECTOR.id or UUID(int=0), Role.OFFICIAL, [(fire.BODY, PositionKind.REVIEWER)]
    ),
    "holder of decision": Person(APPROVER.id or UUID(int=0), Role.OFFICIAL, [(BODY, PositionKind.APPROVER)]),
}


def actor(name: str) -> Actor:
    """The person as far as a test needs them: the edge knows the rest by the id."""
    return Actor(kind="account", id=PEOPLE[name].id, name=name)


class Registry:
    """Opens everybody's account at a gateway and gives out their tokens."""

    def __init__(self, gateway: Runtime) -> None:
        self._gateway = gateway
        keys = KeyRing(gateway)
        keys.signing_key()  # made at the first look
        self._tokens = Tokens(gateway, keys)
        with gateway.transaction(SYSTEM) as tx:
            establish_department(tx, BODY, Text.same(BODY_NAME))
            establish_department(tx, fire.BODY, Text("消防救援机构", "Fire authority"))
            establish_department(tx, ELSEWHERE, Text("另一部门", "Another department"))
            for code in (FIRST, PAYER, TAXES):
                establish_department(tx, code, Text("参与审查的部门", "A department that takes part"))
            for name in PEOPLE:
                self._open(tx, name)

    def token(self, person: Actor) -> str:
        """An access token as the person would get it by signing in."""
        return self._tokens.for_client(person)

    def join(self, uscc: str, *names: str) -> None:
        """Let people be plain members of an organisation."""
        with self._gateway.transaction(SYSTEM) as tx:
            organisation = tx.session.query(Organisation).filter_by(uscc=uscc).one()
            for name in names:
                organisation.members.append(
                    OrganisationMember(account_id=PEOPLE[name].id, role=MemberRole.MEMBER, since=tx.now)
                )

    def _open(self, tx: Transaction, name: str) -> None:
        person = PEOPLE[name]
        wanted = NewAccount(
            username=name.replace(" ", "-"),
            name=name,
            roles=frozenset({person.role}),
            password=PASSWORD,
            id=person.id,
        )
        account = open_account(tx, Passwords(self._gateway.settings), wanted)
        if person.posts:
            appoint(tx, account, person.posts)
