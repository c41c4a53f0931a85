"""The demo park's departments and sign-ins; they exist only where YUANBAN_DEMO is set."""

from dataclasses import dataclass
from uuid import UUID

from gateway.accounts.commands import NewAccount, appoint, establish_department, open_account
from gateway.accounts.model import Account, PositionKind, Role
from gateway.accounts.passwords import Passwords
from gateway.accounts.queries import find_by_username
from shared.actor import SYSTEM
from shared.config import Settings
from shared.service import Runtime
from shared.tables import read_table
from shared.text import Text
from shared.transaction import Transaction

_PACKAGE = "gateway.accounts"


def seed(runtime: Runtime) -> None:
    """Enter departments and accounts that are missing; nothing outside the demo."""
    if not runtime.settings.demo:
        return
    passwords = Passwords(runtime.settings)
    with runtime.transaction(SYSTEM) as tx:
        for row in read_table(_PACKAGE, "departments.csv"):
            establish_department(tx, row["code"], Text(row["name_zh"], row["name_en"]))
        for row in read_table(_PACKAGE, "demo_accounts.csv"):
            _open(tx, passwords, row, runtime.settings.demo_password)


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """A sign-in of the demo park that everybody may know."""

    username: str
    role: Text


def demo_sign_ins() -> tuple[DemoSignIn, ...]:
    """Every sign-in of the demo park, in the order of the story."""
    return tuple(
        DemoSignIn(row["username"], Text(row["role_zh"], row["role_en"]))
        for row in read_table(_PACKAGE, "demo_accounts.csv")
    )


def demo_usernames() -> frozenset[str]:
    """User names that belong to the demo park."""
    return frozenset(row["username"] for row in read_table(_PACKAGE, "demo_accounts.csv"))


def greeting(settings: Settings) -> list[str]:
    """What `yuanban run` says of the sign-ins."""
    if not settings.demo:
        return ["Make the first administrator with: yuanban accounts add USERNAME --role administrator"]
    lines = [f"Demo sign-ins, all with the password {settings.demo_password}:"]
    lines += [f"  {each.username:<13} {each.role.zh} · {each.role.en}" for each in demo_sign_ins()]
    return lines


def _open(tx: Transaction, passwords: Passwords, row: dict[str, str], password: str) -> None:
    account: Account | None = find_by_username(tx.session, row["username"])
    if account is None:
        wanted = NewAccount(
            username=row["username"],
            name=row["name"],
            roles=frozenset({Role(row["role"])}),
            password=password,
            is_demo=True,
            id=UUID(row["id"]),
        )
        account = open_account(tx, passwords, wanted)
    elif account.is_demo and not passwords.matches(account.password_hash, password):
        account.password_hash = passwords.hash(password)  # YUANBAN_DEMO_PASSWORD was changed
    if account.is_demo and row["position"]:
        appoint(tx, account, [(row["department"], PositionKind(row["position"]))])
