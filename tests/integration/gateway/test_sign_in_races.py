"""Sign-ins at the same moment, on PostgreSQL: SQLite lets one writer in at a time."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.accounts.model import SignInThrottle
from gateway.accounts.passwords import Passwords
from gateway.accounts.sign_in import check_password
from gateway.service import service as gateway_service
from shared.actor import Actor
from shared.clock import ManualClock
from shared.errors import Unauthenticated
from shared.service import Runtime
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory

from .conftest import PASSWORD

pytestmark = pytest.mark.postgres

Attempt = Callable[[], Actor]


@pytest.fixture
def gateway(postgres_databases: Databases, tmp_path: Path, clock: ManualClock) -> Iterator[Runtime]:
    factory = SystemFactory(postgres_databases, tmp_path, clock)
    system = factory([gateway_service], demo=True)
    system.seed()
    yield system.runtime("gateway")
    factory.close()


def attempt(gateway: Runtime, password: str, username: str = "agent", address: str | None = None) -> Attempt:
    passwords = Passwords(gateway.settings)
    return lambda: check_password(gateway, passwords, username, password, address)


def waiting(gateway: Runtime) -> int:
    """How many connections of the gateway wait for a lock."""
    activity = sa.table("pg_stat_activity", sa.column("datname"), sa.column("wait_event_type"))
    blocked = sa.and_(activity.c.datname == sa.func.current_database(), activity.c.wait_event_type == "Lock")
    with gateway.read() as session:
        return int(session.scalar(sa.select(sa.func.count()).select_from(activity).where(blocked)) or 0)


class Running:
    """An attempt in a thread of its own, with what came of it."""

    def __init__(self, call: Attempt) -> None:
        self.outcome: Actor | Exception | None = None
        self._call = call
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.outcome = self._call()
        except Exception as error:
            self.outcome = error

    def until_it_waits(self, gateway: Runtime) -> None:
        """Return when it waits for a lock."""
        for _ in range(500):
            if waiting(gateway) > 0:
                return
            self._thread.join(0.02)
        raise AssertionError(f"it does not wait: {self.outcome!r}")

    def ended(self) -> Actor | Exception | None:
        """What came of it."""
        self._thread.join(30)
        return self.outcome


@pytest.mark.parametrize("password", ["wrong", PASSWORD])
def test_an_attempt_outlives_the_row_of_failures_that_a_success_deletes_meanwhile(
    gateway: Runtime, password: str
) -> None:
    with pytest.raises(Unauthenticated):
        attempt(gateway, "wrong")()
    with gateway.database.write() as succeeding:
        row = succeeding.scalars(sa.select(SignInThrottle).with_for_update()).one()
        running = Running(attempt(gateway, password))
        running.until_it_waits(gateway)
        succeeding.delete(row)

    outcome = running.ended()

    assert isinstance(outcome, Actor if password == PASSWORD else Unauthenticated), repr(outcome)
    with gateway.read() as session:
        left = list(session.scalars(sa.select(SignInThrottle.failures)))
    assert left == ([] if password == PASSWORD else [1])


def test_tidying_up_waits_for_no_row_that_an_attempt_holds(gateway: Runtime, clock: ManualClock) -> None:
    with pytest.raises(Unauthenticated):
        attempt(gateway, "wrong", "long-ago")()
    clock.advance(timedelta(hours=25))
    with gateway.database.write() as holding:
        holding.scalars(sa.select(SignInThrottle).with_for_update()).one()
        newcomer = Running(attempt(gateway, PASSWORD, address="198.51.100.1"))
        assert isinstance(newcomer.ended(), Actor)
