"""PostgreSQL gone, cut off, or silent about a COMMIT: meanwhile nothing is acknowledged."""

import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from shared.config import Settings
from shared.messaging.brokers.rabbitmq import connected
from shared.messaging.outbox import OutboxMessage
from shared.service import Runtime, contracts_of
from shared.testing.tcp_proxy import TcpProxy, proxied
from tests.faults.installation import Installation, fields_of
from tests.faults.lines import database_address, database_through
from tests.faults.services import SERVICES, hearer, speaker

pytestmark = [pytest.mark.rabbitmq, pytest.mark.postgres]


@pytest.fixture
def line(installation: Installation) -> Iterator[TcpProxy]:
    """A line to the databases."""
    with proxied(*database_address(installation.settings.database_url)) as made:
        yield made


@pytest.fixture
def by_line(installation: Installation, line: TcpProxy) -> str:
    """The databases, over that line."""
    return database_through(line, installation.settings.database_url)


def ready_in_queue(installation: Installation) -> int:
    """Messages that nobody holds."""
    assert hearer.queue is not None
    with connected(installation.settings.broker_url) as connection:
        name = installation.topology.events(hearer.queue).name
        return int(connection.default_channel.queue_declare(name, passive=True).message_count)


def marked(installation: Installation) -> int:
    with installation.speaker.read() as session:
        query = sa.select(sa.func.count()).where(OutboxMessage.published_at.is_not(None))
        return session.scalar(query) or 0


def test_connections_terminated_in_every_phase(installation: Installation) -> None:
    with installation.working():
        for _ in range(3):
            installation.say(40, "slow")
            time.sleep(0.3)
            installation.terminate_backends(installation.speaker)
            installation.terminate_backends(installation.hearer)
        installation.settle()

    assert installation.findings() == []


@pytest.mark.slow
@pytest.mark.parametrize("pause_s", [0.005, 0.02, 0.05, 0.1])
def test_connections_terminated_again_and_again(installation: Installation, pause_s: float) -> None:
    """So often that the blow falls between any two statements."""
    with installation.working():
        for _ in range(40):
            installation.say(5)
            installation.appoint(1)
            time.sleep(pause_s)
            installation.terminate_backends(installation.speaker)
            installation.terminate_backends(installation.hearer)
        installation.settle()

    assert installation.findings() == []


def test_a_hearer_whose_database_refuses_lets_go_of_its_messages(
    installation: Installation, line: TcpProxy, by_line: str
) -> None:
    """They lie ready in the queue, for others too; nothing is acknowledged."""
    with installation.working(speaker), installation.working(hearer, database_url=by_line):
        installation.say(30)
        installation.wait_for_effects(30)
        line.refuse()
        installation.say(30)
        installation.wait_until(lambda: ready_in_queue(installation) == 30)
        assert installation.effects() == 30
        line.restore()
        installation.settle()

    assert installation.findings() == []


def test_a_hearer_without_a_table_takes_nothing_and_comes_back(installation: Installation) -> None:
    """The database answers, but with errors: the messages wait in the queue, none is parked."""
    rename = sa.text("ALTER TABLE inbox_message RENAME TO away")
    back = sa.text("ALTER TABLE away RENAME TO inbox_message")
    with installation.hearer.database.write() as session:
        session.execute(rename)
    with installation.working():
        installation.say(20)
        installation.wait_until(lambda: marked(installation) == 20)
        installation.wait_until(lambda: ready_in_queue(installation) == 20)
        with installation.hearer.database.write() as session:
            session.execute(back)
        installation.settle()

    assert installation.findings() == []
    assert installation.effects() == 20


@pytest.mark.slow
def test_a_database_that_answers_but_cannot_be_written_wears_no_message_out(
    installation: Installation,
) -> None:
    """A read-only copy after a failover: longer than the delivery limit would last."""
    name = sa.make_url(installation.hearer.database.url).database

    def read_only(on: bool) -> None:
        installation.hearer.close()
        engine = sa.create_engine(installation.speaker.database.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {on}'))
        engine.dispose()
        installation.terminate_backends(installation.hearer)

    with installation.working():
        installation.say(5)
        installation.wait_for_effects(5)
        read_only(True)
        installation.say(5)
        installation.wait_until(lambda: ready_in_queue(installation) == 5)
        time.sleep(20)
        assert ready_in_queue(installation) == 5
        read_only(False)
        installation.settle()

    assert installation.findings() == []
    assert installation.effects() == 10


@pytest.mark.parametrize("arrives", [True, False], ids=["committed", "rolled back"])
def test_a_command_whose_commit_was_cut_is_of_unknown_outcome(
    installation: Installation, line: TcpProxy, by_line: str, arrives: bool
) -> None:
    remote = Runtime(speaker, _settings(installation, by_line), contracts_of(SERVICES))
    installation.say(1, through=remote)
    line.cut_at(b"COMMIT", arrives=arrives)
    installation.say(1, through=remote)
    assert line.sprung.is_set()
    installation.say(1, through=remote)
    remote.close()
    with installation.working():
        installation.settle()

    assert installation.ledger.unknown == {2}
    assert installation.effects() == (3 if arrives else 2)
    assert installation.findings() == []


@pytest.mark.parametrize("arrives", [True, False], ids=["committed", "rolled back"])
def test_a_relay_whose_marks_were_cut_publishes_again_or_not(
    installation: Installation, line: TcpProxy, by_line: str, arrives: bool
) -> None:
    with installation.working(hearer), installation.working(speaker, database_url=by_line):
        installation.say(5)
        installation.settle()
        line.cut_at(b"COMMIT", arrives=arrives)
        installation.say(5)
        installation.wait_until(line.sprung.is_set)
        installation.settle()

    assert installation.findings() == []
    assert installation.effects() == 10


@pytest.mark.parametrize("arrives", [True, False], ids=["committed", "rolled back"])
def test_a_consumer_whose_commit_was_cut_applies_once(
    installation: Installation, line: TcpProxy, by_line: str, arrives: bool
) -> None:
    with installation.working(speaker), installation.working(hearer, database_url=by_line):
        installation.say(40)
        installation.settle()
        line.cut_at(b"COMMIT", arrives=arrives)
        installation.say(40)
        installation.wait_until(line.sprung.is_set)
        installation.settle()

    assert installation.findings() == []
    assert installation.effects() == 80


@pytest.mark.slow
def test_a_slow_and_often_cut_line_to_the_databases(
    installation: Installation, line: TcpProxy, by_line: str
) -> None:
    with installation.working(database_url=by_line):
        for delay_s in (0.02, 0.2, 0.5):
            line.delay(delay_s)
            installation.say(20)
            installation.appoint(2)
            time.sleep(1)
            line.cut()
        line.restore()
        installation.settle()

    assert installation.findings() == []


def _settings(installation: Installation, database_url: str) -> Settings:
    return Settings(**{**fields_of(installation.settings), "database_url": database_url})
