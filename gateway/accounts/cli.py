"""`yuanban accounts`: what is done where nobody can sign in yet."""

from collections.abc import Callable

import click

from gateway.accounts.commands import NewAccount, open_account
from gateway.accounts.demo import demo_usernames
from gateway.accounts.keys import rotate
from gateway.accounts.model import Role
from gateway.accounts.passwords import Passwords
from gateway.accounts.policy import MIN_PASSWORD
from gateway.accounts.queries import username_key
from shared.actor import SYSTEM
from shared.config import DEMO_PASSWORD
from shared.errors import Problem
from shared.service import Runtime


def accounts_command(open_runtime: Callable[[], Runtime]) -> click.Group:
    """The group of commands; `open_runtime` opens the gateway on the settings of the environment."""

    @click.group("accounts")
    def accounts() -> None:
        """Manage accounts."""

    @accounts.command()
    @click.argument("username")
    @click.option("--name", help="The person's name; the user name if left out.")
    @click.option("--role", "roles", multiple=True, required=True, type=click.Choice([r.value for r in Role]))
    @click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
    @click.option("--mobile", help="Kept encrypted.")
    @click.password_option(prompt=f"Password (at least {MIN_PASSWORD} characters)")
    def add(
        username: str,
        name: str | None,
        roles: tuple[str, ...],
        language: str,
        mobile: str | None,
        password: str,
    ) -> None:
        """Open an account for USERNAME, the first administrator for example."""
        runtime = open_runtime()
        try:
            _refuse_demo(runtime, username, password)
            wanted = NewAccount(
                username=username,
                name=name or username,
                roles=frozenset(Role(role) for role in roles),
                password=password,
                language="en" if language == "en" else "zh",
                mobile=mobile,
            )
            with runtime.transaction(SYSTEM) as tx:
                open_account(tx, Passwords(runtime.settings), wanted)
        except Problem as problem:
            reasons = [error.message.en for error in problem.errors] or [str(problem)]
            raise click.ClickException("; ".join(reasons)) from problem
        finally:
            runtime.close()
        click.echo(f"{username}: {', '.join(roles)}")

    @accounts.command("rotate-key")
    def rotate_key() -> None:
        """Sign tokens with a fresh key; earlier ones stay valid until they expire."""
        runtime = open_runtime()
        try:
            with runtime.transaction(SYSTEM) as tx:
                kid = rotate(tx).kid
        finally:
            runtime.close()
        click.echo(f"signing with {kid}")

    return accounts


def _refuse_demo(runtime: Runtime, username: str, password: str) -> None:
    """Names and passwords that everybody can read in the documentation open nothing real."""
    if runtime.settings.demo:
        return
    if username_key(username) in demo_usernames():
        raise click.ClickException(f"{username!r} is the name of a demo account; choose another one")
    if password == DEMO_PASSWORD:
        raise click.ClickException("this password is published; choose another one")
