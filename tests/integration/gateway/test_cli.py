"""`yuanban accounts`: the first administrator, where nobody can sign in yet."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.accounts.cli import accounts_command
from gateway.accounts.queries import find_account, find_by_username
from gateway.service import service as gateway_service
from shared.config import Settings
from shared.service import Runtime, contracts_of
from shared.testing.systems import SystemFactory, SystemUnderTest

from .conftest import GatewayClient

Run = Callable[..., Result]

DEPARTMENT = "11990101MB0DEM2282"


@pytest.fixture
def empty(make_system: SystemFactory) -> SystemUnderTest:
    """An installation that is no demo and has no accounts."""
    return make_system([gateway_service])


@pytest.fixture
def run(empty: SystemUnderTest) -> Run:
    """Runs `yuanban accounts …` on that installation."""
    command = accounts_command(
        lambda: Runtime(gateway_service, empty.settings, contracts_of([gateway_service]), empty.clock)
    )

    def invoke(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(command, arguments, input=typed)

    return invoke


def test_the_first_administrator_is_made_and_can_sign_in(empty: SystemUnderTest, run: Run) -> None:
    result = run("add", "Chief", "--role", "administrator", typed="a good long one\na good long one\n")

    assert result.exit_code == 0, result.output
    assert "a good long one" not in result.output
    client = GatewayClient(empty, empty.edge_app.test_client(use_cookies=False))
    me = client.sign_in("chief", "a good long one").get("/api/v1/me").get_json()
    assert (me["username"], me["name"], me["roles"]) == ("Chief", "Chief", ["administrator"])


@pytest.mark.parametrize(
    ("arguments", "password", "said"),
    [
        (("add", "chief", "--role", "administrator"), "short", "at least 10"),
        (("add", "ch ief", "--role", "administrator"), "a good long one", "user name"),
        (("add", "admin", "--role", "administrator"), "a good long one", "demo account"),
        (("add", "Admin", "--role", "administrator"), "a good long one", "demo account"),
        (("add", "chief", "--role", "administrator"), "yuanban-demo", "published"),
        (("add", "chief", "--role", "king"), "a good long one", "king"),
        (("add", "chief"), "a good long one", "--role"),
        (("disable", "nobody"), "", "no user name nobody"),
    ],
)
def test_what_may_not_be_is_refused_with_the_reason(
    empty: SystemUnderTest, run: Run, arguments: tuple[str, ...], password: str, said: str
) -> None:
    result = run(*arguments, typed=f"{password}\n{password}\n")

    assert result.exit_code != 0
    assert said in result.output
    with empty.runtime("gateway").read() as session:
        assert find_by_username(session, "chief") is None


def test_accounts_are_shut_opened_and_given_roles_and_passwords(empty: SystemUnderTest, run: Run) -> None:
    run("add", "chief", "--role", "administrator", typed="a good long one\na good long one\n")

    assert run("disable", "chief").exit_code == 0
    assert not _acts(empty)
    assert run("enable", "CHIEF").exit_code == 0
    assert _acts(empty)
    assert run("set-roles", "chief", "--role", "auditor", "--role", "manager").exit_code == 0
    assert run("set-password", "chief", typed="another good one\nanother good one\n").exit_code == 0
    client = GatewayClient(empty, empty.edge_app.test_client(use_cookies=False))
    me = client.sign_in("chief", "another good one").get("/api/v1/me").get_json()
    assert me["roles"] == ["auditor", "manager"]


def test_an_official_is_appointed_in_a_department_that_is_made_on_the_way(
    empty: SystemUnderTest, run: Run
) -> None:
    run("add", "wang", "--role", "resident", typed="a good long one\na good long one\n")
    first = ("appoint", "wang", "--department", DEPARTMENT, "--position", "window")

    assert "There is no department" in run(*first).output
    made = run(*first, "--name-zh", "审批局", "--name-en", "Approval Bureau")
    assert made.exit_code == 0, made.output
    assert run("appoint", "wang", "--department", DEPARTMENT, "--position", "reviewer").exit_code == 0

    client = GatewayClient(empty, empty.edge_app.test_client(use_cookies=False))
    me = client.sign_in("wang", "a good long one").get("/api/v1/me").get_json()
    assert me["roles"] == ["official", "resident"]
    assert [each["position"] for each in me["positions"]] == ["reviewer", "window"]
    assert me["positions"][0]["department"] == {
        "code": DEPARTMENT,
        "name": {"zh": "审批局", "en": "Approval Bureau"},
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("wang", "--department", "1199"), "no department's code"),
        (("wang", "--department", DEPARTMENT, "--name-zh", "审批局"), "go together"),
        (("nobody", "--department", DEPARTMENT), "no user name nobody"),
    ],
)
def test_an_appointment_that_cannot_be_is_refused(run: Run, arguments: tuple[str, ...], said: str) -> None:
    run("add", "wang", "--role", "resident", typed="a good long one\na good long one\n")

    result = run("appoint", *arguments, "--position", "window")

    assert result.exit_code != 0
    assert said in result.output


def test_the_signing_key_can_be_changed(empty: SystemUnderTest, run: Run) -> None:
    assert "signing with" in run("rotate-key").output
    assert "signing with" in run("rotate-key").output

    published = empty.edge_app.test_client().get("/.well-known/jwks.json").get_json()
    assert len(published["keys"]) == 2


def test_a_database_without_tables_is_named(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path}/{{service}}.sqlite3",
        broker_url="memory://",
        blobs_url=f"file://{tmp_path}/blobs",
        secret_key="a key of the tests and of nobody else",
    )
    command = accounts_command(lambda: Runtime(gateway_service, settings, contracts_of([gateway_service])))

    result = CliRunner().invoke(command, ["disable", "chief"])

    assert result.exit_code == 1
    assert "yuanban migrate gateway" in result.output


def _acts(system: SystemUnderTest) -> bool:
    with system.runtime("gateway").read() as session:
        account = find_by_username(session, "chief")
        assert account is not None
        return find_account(session, account.id, demo=False) is not None
