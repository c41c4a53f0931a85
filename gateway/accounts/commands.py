"""What can be done to accounts, officials and organisations."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from gateway.accounts import policy
from gateway.accounts.events import tell_official, tell_organisation, tell_roles
from gateway.accounts.model import (
    Account,
    Department,
    MemberRole,
    OfficialPosition,
    Organisation,
    OrganisationMember,
    PositionKind,
    Role,
)
from gateway.accounts.passwords import Passwords
from gateway.accounts.queries import find_by_username, username_key
from gateway.accounts.sign_in import revoke_sessions
from shared.database import insert_if_absent
from shared.errors import Conflict, FieldError, InvalidInput, NotFound
from shared.identifiers.errors import PhoneError
from shared.identifiers.phones import parse_mobile
from shared.ids import new_id
from shared.text import Language, Text
from shared.transaction import Transaction


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is opened with."""

    username: str
    name: str
    roles: frozenset[Role]
    password: str
    language: Language = "zh"
    mobile: str | None = None
    is_demo: bool = False
    id: UUID | None = None
    """Chosen by the demo park only."""


def open_account(tx: Transaction, passwords: Passwords, wanted: NewAccount) -> Account:
    """Open an account.

    Raises InvalidInput naming every wrong field, Conflict when the user name is taken. Hashing takes its
    time; where many accounts are opened the transaction stays open for the sum of it.
    """
    errors = policy.username_errors(wanted.username)
    errors += policy.password_errors(wanted.password, wanted.username) if not wanted.is_demo else []
    contact: dict[str, str] = {}
    if wanted.mobile:
        try:
            contact["mobile"] = parse_mobile(wanted.mobile).number
        except PhoneError as error:
            errors.append(FieldError("/mobile", error.code, error.message))
    if errors:
        raise InvalidInput(errors=errors)
    if find_by_username(tx.session, wanted.username) is not None:
        raise Conflict(Text("用户名“{n}”已被使用", "The user name {n} is taken").format(n=wanted.username))
    account = Account(
        id=wanted.id or new_id(),
        username=wanted.username,
        username_key=username_key(wanted.username),
        name=wanted.name,
        password_hash=passwords.hash(wanted.password),
        roles=sorted(role.value for role in wanted.roles),
        language=wanted.language,
        contact_sealed=tx.context.cipher.seal(contact) if contact else None,
        is_demo=wanted.is_demo,
        created_at=tx.now,
    )
    tx.session.add(account)
    tx.session.flush()
    tx.audit("account.opened", "account", account.id, {"roles": account.roles})
    if Role.MANAGER in account.roles:
        tell_roles(tx, account)
    return account


def disable_account(tx: Transaction, account: Account) -> None:
    """Shut an account: its sessions end and its tokens are refused from the commit on."""
    if account.disabled_at is None:
        account.disabled_at = tx.now
        revoke_sessions(tx.session, account)
        tx.audit("account.disabled", "account", account.id)


def enable_account(tx: Transaction, account: Account) -> None:
    """Let a disabled account act again."""
    if account.disabled_at is not None:
        account.disabled_at = None
        tx.audit("account.enabled", "account", account.id)


def change_roles(tx: Transaction, account: Account, roles: Iterable[Role]) -> None:
    """Give the account exactly these roles, from the commit on."""
    managed = Role.MANAGER in account.roles
    account.roles = sorted(role.value for role in roles)
    tx.audit("account.roles-changed", "account", account.id, {"roles": account.roles})
    if managed or Role.MANAGER in account.roles:
        tell_roles(tx, account)


def change_password(tx: Transaction, account: Account, passwords: Passwords, password: str) -> None:
    """Set a new password and sign every browser out; raises InvalidInput when it is too weak."""
    errors = policy.password_errors(password, account.username)
    if errors:
        raise InvalidInput(errors=errors)
    account.password_hash = passwords.hash(password)
    revoke_sessions(tx.session, account)
    tx.audit("account.password-changed", "account", account.id)


def establish_department(tx: Transaction, code: str, name: Text) -> None:
    """Enter a department, or correct its name; nothing is written when nothing changes."""
    values = {"code": code, "name_zh": name.zh, "name_en": name.en}
    if insert_if_absent(tx.session, Department, values):
        tx.audit("department.entered", "department", code)
        return
    # One at a time: the next number of its audit chain is read before it is written.
    department = tx.session.get_one(Department, code, with_for_update=True)
    if department.name != name:
        department.name_zh, department.name_en = name.zh, name.en
        tx.audit("department.renamed", "department", code)


def appoint(tx: Transaction, account: Account, positions: Iterable[tuple[str, PositionKind]]) -> None:
    """Let the official hold exactly these positions (department code, kind); tells everybody who listens.

    Raises NotFound for an unknown department. Nothing is said when nothing changes.
    """
    wanted = set(positions)
    held = {(each.department_code, each.kind): each for each in account.positions}
    if wanted == set(held):
        return
    for key in set(held) - wanted:
        account.positions.remove(held[key])
    for code, kind in sorted(wanted - set(held)):
        department = tx.session.get(Department, code)
        if department is None:
            raise NotFound(Text("没有代码为“{c}”的部门", "There is no department {c}").format(c=code))
        account.positions.append(
            OfficialPosition(department_code=code, department=department, kind=kind, since=tx.now)
        )
    tx.audit(
        "official.appointed", "account", account.id, {"positions": [f"{c}/{k}" for c, k in sorted(wanted)]}
    )
    tell_official(tx, account)


def create_organisation(
    tx: Transaction, uscc: str, name: str, administrator: UUID | None, sequence: int = 0
) -> Organisation:
    """The organisation of that credit code, made on first call, with its first administrator.

    `sequence` is how far the register has told of it. Called again for the same code it takes a newer name
    and changes nothing else. Raises NotFound for an unknown account.
    """
    known = tx.session.scalar(sa.select(Organisation).where(Organisation.uscc == uscc).with_for_update())
    if known is not None:
        if sequence > known.register_sequence:
            _rename(tx, known, name, sequence)
        return known
    organisation = Organisation(
        id=new_id(), uscc=uscc, name=name, created_at=tx.now, register_sequence=sequence
    )
    if administrator is not None:
        if tx.session.get(Account, administrator) is None:
            raise NotFound(Text("没有这个账号", "There is no such account"))
        organisation.members.append(
            OrganisationMember(account_id=administrator, role=MemberRole.ADMIN, since=tx.now)
        )
    tx.session.add(organisation)
    tx.session.flush()
    tx.audit("organisation.created", "organisation", organisation.id, on_behalf_of=uscc)
    tell_organisation(tx, organisation)
    return organisation


def _rename(tx: Transaction, organisation: Organisation, name: str, sequence: int) -> None:
    """Follow the register; its older word, coming late, changes nothing."""
    renamed = organisation.name != name
    organisation.name = name
    organisation.register_sequence = sequence
    tx.audit(
        "organisation.followed-register",
        "organisation",
        organisation.id,
        {"sequence": sequence, "renamed": renamed},
        on_behalf_of=organisation.uscc,
    )
    if renamed:
        tell_organisation(tx, organisation)


def close_organisation(tx: Transaction, organisation: Organisation) -> None:
    """The organisation has ended: its members stay and see what was, and nobody acts for it any more.

    Called again it changes nothing.
    """
    if organisation.closed_at is None:
        organisation.closed_at = tx.now
        tx.audit("organisation.closed", "organisation", organisation.id, on_behalf_of=organisation.uscc)
        tell_organisation(tx, organisation)
