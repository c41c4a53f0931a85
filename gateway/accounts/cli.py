"""`yuanban accounts`: what is done where nobody can sign in yet."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import DatabaseError

from gateway.accounts import commands
from gateway.accounts.demo import demo_usernames
from gateway.accounts.keys import rotate
from gateway.accounts.model import Account, PositionKind, Role
from gateway.accounts.passwords import Passwords
from gateway.accounts.policy import MIN_PASSWORD
from gateway.accounts.queries import find_by_username, username_key
from shared.actor import SYSTEM
from shared.config import DEMO_PASSWORD, Settings, SettingsError
from shared.errors import NotFound, Problem
from shared.identifiers.errors import UsccError
from shared.identifiers.uscc import parse_uscc
from shared.service import Runtime
from shared.text import Text
from shared.transaction import Transaction

_ROLES = click.Choice([role.value for role in Role])
_POSITIONS = click.Choice([kind.value for kind in PositionKind])
_PROMPT = f"Password (at least {MIN_PASSWORD} characters)"


def accounts_command(open_runtime: Callable[[], Runtime]) -> click.Group:
    """The group of commands; `open_runtime` opens the gateway on the settings of the environment."""

    @click.group("accounts")
    def accounts() -> None:
        """Manage accounts, the first administrator's for example."""

    @accounts.command()
    @click.argument("username")
    @click.option("--name", help="The person's name; the user name if left out.")
    @click.option("--role", "roles", multiple=True, required=True, type=_ROLES)
    @click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
    @click.option("--mobile", help="Kept encrypted.")
    @click.password_option(prompt=_PROMPT)
    def add(
        username: str,
        name: str | None,
        roles: tuple[str, ...],
        language: str,
        mobile: str | None,
        password: str,
    ) -> None:
        """Open an account for USERNAME."""
        with _command(open_runtime) as tx:
            _refuse_demo(tx.context.settings, username, password)
            wanted = commands.NewAccount(
                username=username,
                name=name or username,
                roles=frozenset(Role(role) for role in roles),
                password=password,
                language="en" if language == "en" else "zh",
                mobile=mobile,
            )
            commands.open_account(tx, Passwords(tx.context.settings), wanted)
        click.echo(f"{username}: {', '.join(roles)}")

    @accounts.command("set-password")
    @click.argument("username")
    @click.password_option(prompt=_PROMPT)
    def set_password(username: str, password: str) -> None:
        """Give USERNAME a new password and sign every browser out."""
        with _command(open_runtime) as tx:
            _refuse_demo(tx.context.settings, username, password)
            commands.change_password(tx, _found(tx, username), Passwords(tx.context.settings), password)
        click.echo(f"{username}: new password")

    @accounts.command("set-roles")
    @click.argument("username")
    @click.option("--role", "roles", multiple=True, required=True, type=_ROLES)
    def set_roles(username: str, roles: tuple[str, ...]) -> None:
        """Give USERNAME exactly these roles."""
        with _command(open_runtime) as tx:
            commands.change_roles(tx, _found(tx, username), [Role(role) for role in roles])
        click.echo(f"{username}: {', '.join(roles)}")

    @accounts.command()
    @click.argument("username")
    @click.option("--department", required=True, help="Its unified social credit code.")
    @click.option("--name-zh", help="The department's name in Chinese; needed when it is new.")
    @click.option("--name-en", help="The same in English.")
    @click.option("--position", "positions", multiple=True, required=True, type=_POSITIONS)
    def appoint(
        username: str, department: str, name_zh: str | None, name_en: str | None, positions: tuple[str, ...]
    ) -> None:
        """Give USERNAME positions in a department, besides those held; the department may be new."""
        with _command(open_runtime) as tx:
            name = _department_name(name_zh, name_en)
            _appoint(tx, _found(tx, username), _department_code(department), name, positions)
        click.echo(f"{username}: {', '.join(positions)} in {department}")

    @accounts.command()
    @click.argument("username")
    def disable(username: str) -> None:
        """Shut the account of USERNAME at once, sessions and tokens included."""
        with _command(open_runtime) as tx:
            commands.disable_account(tx, _found(tx, username))
        click.echo(f"{username}: disabled")

    @accounts.command()
    @click.argument("username")
    def enable(username: str) -> None:
        """Let a disabled account act again."""
        with _command(open_runtime) as tx:
            commands.enable_account(tx, _found(tx, username))
        click.echo(f"{username}: enabled")

    @accounts.command("rotate-key")
    def rotate_key() -> None:
        """Sign tokens with a fresh key; earlier ones stay valid until they expire."""
        with _command(open_runtime) as tx:
            kid = rotate(tx).kid
        click.echo(f"signing with {kid}")

    return accounts


@contextmanager
def _command(open_runtime: Callable[[], Runtime]) -> Iterator[Transaction]:
    """One transaction of the system itself; a refusal becomes a message and exit code 1."""
    try:
        runtime = open_runtime()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    try:
        with runtime.transaction(SYSTEM) as tx:
            yield tx
    except DatabaseError as error:
        raise click.ClickException(
            f"the gateway's database is not ready; run `yuanban migrate gateway` first ({error.orig})"
        ) from error
    except Problem as problem:
        reasons = [error.message.en for error in problem.errors] or [str(problem)]
        raise click.ClickException("; ".join(reasons)) from problem
    finally:
        runtime.close()


def _found(tx: Transaction, username: str) -> Account:
    account = find_by_username(tx.session, username)
    if account is None:
        raise NotFound(Text("没有用户名“{n}”", "There is no user name {n}").format(n=username))
    return account


def _appoint(
    tx: Transaction, account: Account, code: str, name: Text | None, positions: Iterable[str]
) -> None:
    if name is not None:
        commands.establish_department(tx, code, name)
    held = {(each.department_code, each.kind) for each in account.positions}
    commands.appoint(tx, account, held | {(code, PositionKind(each)) for each in positions})
    if Role.OFFICIAL.value not in account.roles:
        commands.change_roles(tx, account, [*map(Role, account.roles), Role.OFFICIAL])


def _department_code(text: str) -> str:
    try:
        return parse_uscc(text).code
    except UsccError as error:
        raise click.ClickException(f"{text!r} is no department's code: {error.message.en}") from error


def _department_name(name_zh: str | None, name_en: str | None) -> Text | None:
    if bool(name_zh) != bool(name_en):
        raise click.UsageError("--name-zh and --name-en go together")
    return Text(name_zh, name_en) if name_zh and name_en else None


def _refuse_demo(settings: Settings, username: str, password: str) -> None:
    """Names and passwords that everybody can read in the documentation open nothing real."""
    if settings.demo:
        return
    if username_key(username) in demo_usernames():
        raise click.ClickException(f"{username!r} is the name of a demo account; choose another one")
    if password == DEMO_PASSWORD:
        raise click.ClickException("this password is published; choose another one")
