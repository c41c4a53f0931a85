"""What is done to accounts, and the demo park itself, leave entries that say who did it from where."""

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from gateway.accounts.cli import accounts_command
from gateway.accounts.queries import find_by_username
from gateway.service import service as gateway
from shared.audit import AuditEntry
from shared.auditing.cli import audit
from shared.service import Runtime, contracts_of, installed_services
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.integration.auditing.deeds import ok
from tests.integration.auditing.performed import operations, performing
from tests.integration.gateway.conftest import GatewayClient
from tests.watching import watched

# The watch must know how many rows a statement changed; SQLite does not say so soon enough.
pytestmark = pytest.mark.postgres


def test_the_demo_park_and_everything_that_is_done_to_accounts_leave_entries(
    make_postgres_system: SystemFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = make_postgres_system(installed_services(), demo=True, trusted_proxies=1)
    with watched() as watch, performing(watch) as performed:
        system.seed()
        system.settle()
        client = GatewayClient(system, system.edge_app.test_client(use_cookies=False)).sign_in("agent")
        from_there = {"X-Forwarded-For": "10.9.9.9, 198.51.100.7"}
        started = client.post(
            "/api/v1/enterprise/cases", json={"item_code": "00013112700401"}, headers=from_there
        )
        change_accounts(system)
    assert watch.silent == []
    own = {rule for rule in operations(system, "gateway") if rule.startswith("accounts.")}
    assert own and own <= performed.done - performed.silent

    case_id = ok(started).get_json()["id"]
    with system.runtime("enterprise").read() as session:
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.aggregate_id == case_id)).one()
    with system.runtime("gateway").read() as session:
        agent = find_by_username(session, "agent")
        by_account = sa.select(AuditEntry).where(AuditEntry.actor_kind == "account")
        issued = session.scalars(by_account.order_by(AuditEntry.position)).all()[-1]
    assert agent is not None
    assert (entry.actor_id, entry.actor_name, entry.address) == (agent.id, agent.name, "198.51.100.7")
    assert entry.request_id == started.headers["X-Request-Id"]
    assert (issued.action, issued.aggregate_id) == ("token.issued", str(agent.id))
    assert issued.address == "203.0.113.7"

    monkeypatch.setenv("YUANBAN_DATABASE_URL", system.settings.database_url)
    monkeypatch.setenv("YUANBAN_DATA_DIR", str(system.settings.data_dir))
    verified = CliRunner().invoke(audit, ["verify"])
    assert verified.exit_code == 0, verified.output
    assert verified.output.count(": whole;") == len(installed_services())


DEPARTMENT = ("--department", "11990101MB0DEM2282")
RENAMED = ("--name-zh", "改名局", "--name-en", "Renamed")


def change_accounts(system: SystemUnderTest) -> None:
    """Everything that `yuanban accounts` does."""
    command = accounts_command(
        lambda: Runtime(gateway, system.settings, contracts_of(installed_services()), system.clock)
    )
    password = "a good long one\na good long one\n"
    for typed, *arguments in (
        (password, "add", "chief", "--role", "administrator"),
        (password, "set-password", "chief"),
        ("", "set-roles", "chief", "--role", "auditor"),
        ("", "appoint", "chief", *DEPARTMENT, "--position", "window"),
        ("", "appoint", "chief", *DEPARTMENT, *RENAMED, "--position", "window"),
        ("", "disable", "chief"),
        ("", "enable", "chief"),
        ("", "rotate-key"),
    ):
        result = CliRunner().invoke(command, arguments, input=typed)
        assert result.exit_code == 0, (arguments, result.output)
