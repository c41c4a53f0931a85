"""The suite itself, as it is deployed: `yuanban migrate`, `yuanban worker …`, `yuanban web …`."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import urllib3

from approvals.enterprise.events import CONTRACTS
from notifications.messages.model import Message
from shared.actor import SYSTEM
from shared.ids import new_id
from shared.messaging.brokers.rabbitmq import connected
from shared.messaging.contracts import ContractRegistry
from shared.messaging.envelope import decode
from shared.messaging.outbox import OutboxMessage
from shared.readiness import Readiness
from shared.service import Runtime, contracts_of, installed_services
from shared.testing.databases import Databases
from shared.testing.ports import free_port
from tests.faults.installation import ROOT, Installation, Subject
from tests.faults.services import SERVICES

pytestmark = [pytest.mark.rabbitmq, pytest.mark.postgres]

SUITE = ("-m", "shared.cli", "worker")
SUBMITTED = "yuanban.enterprise.case.submitted.v1"
SAMPLE = ROOT / "tests" / "contract" / "samples" / f"{SUBMITTED}.json"


@pytest.fixture
def suite(postgres_databases: Databases, rabbitmq: str, tmp_path: Path) -> Iterator[Installation]:
    """All services, migrated by the command line, and a broker of their own."""
    installed = installed_services()
    url = postgres_databases.create([*installed, *SERVICES])
    made = Installation(url, rabbitmq, f"suite{random.randrange(10**9)}.", tmp_path)
    yield made
    with connected(rabbitmq) as connection:
        for service in installed:
            if service.queue is not None:
                connection.default_channel.queue_delete(made.topology.events(service.queue).name)
                connection.default_channel.queue_delete(made.topology.dead(service.name).name)
    made.close()
    postgres_databases.drop(url)


def run(suite: Installation, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "shared.cli", *arguments],
        cwd=ROOT,
        env=suite.environment(environment),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_two_hundred_submissions_while_workers_are_killed(suite: Installation) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    assert "broker: 4 queues" in run(suite, "migrate")
    services = {service.name: service for service in installed_services()}
    contracts = contracts_of(list(services.values()))
    enterprise, notifications = (
        Runtime(services[name], suite.settings, contracts) for name in ("enterprise", "notifications")
    )
    workers = {name: suite.start(name, command=SUITE) for name in ("enterprise", "notifications")}
    sample = decode(SAMPLE.read_bytes())
    data = ContractRegistry(CONTRACTS).get(SUBMITTED).load(sample.data)
    for number in range(200):
        with enterprise.transaction(SYSTEM) as tx:
            case_id = new_id()
            tx.emit(contracts.get(SUBMITTED), Subject(), case_id, {**data, "case_id": case_id})
        time.sleep(0.02)
        if number % 60 == 59:
            name = chance.choice(list(workers))
            workers[name].send_signal(signal.SIGKILL)
            workers[name].wait(10)
            workers[name] = suite.start(name, command=SUITE)

    def count(runtime: Runtime, query: "sa.Select[Any]") -> int:
        with runtime.read() as session:
            return session.scalar(query) or 0

    messages = sa.select(sa.func.count()).select_from(Message)
    unpublished = sa.select(sa.func.count()).where(OutboxMessage.published_at.is_(None))
    suite.wait_until(lambda: count(notifications, messages) >= 200 and not count(enterprise, unpublished))
    assert count(notifications, messages) == 200, f"seed {seed}"
    for process in workers.values():
        process.send_signal(signal.SIGTERM)
    assert [process.wait(30) for process in workers.values()] == [0, 0], suite.logs()
    enterprise.close()
    notifications.close()


def test_services_of_their_own_answer_through_the_gateway(suite: Installation) -> None:
    ports = {service.name: free_port() for service in installed_services()}
    environment = {
        f"YUANBAN_UPSTREAM_{name.upper()}": f"http://127.0.0.1:{port}" for name, port in ports.items()
    }
    figures = free_port()
    for name, port in (("gateway", str(figures)), ("enterprise", "0")):
        suite.start(
            name,
            command=("-m", "shared.cli", "web"),
            PORT=str(ports[name]),
            YUANBAN_METRICS_PORT=port,
            **environment,
        )
    pool = urllib3.PoolManager(retries=False, timeout=10.0)
    edge = f"http://127.0.0.1:{ports['gateway']}"

    def status(path: str, base: str = edge) -> int:
        try:
            answer: Any = pool.request("GET", f"{base}{path}")
        except urllib3.exceptions.HTTPError:
            return 0
        return int(answer.status)

    suite.wait_until(lambda: status("/readyz") == 200)
    suite.wait_until(lambda: status("/api/v1/enterprise/items") == 200)
    assert status("/api/v1/living/enterprises") in (401, 502, 503)
    assert status("/metrics") == 404, "figures have a port of their own, away from the public"
    assert status("/metrics", f"http://127.0.0.1:{figures}") == 200
    assert status("/metrics", f"http://127.0.0.1:{ports['enterprise']}") == 200
    pool.clear()


def test_a_worker_is_ready_when_it_has_met_its_broker(suite: Installation) -> None:
    nobody = f"amqp://127.0.0.1:{free_port()}/"
    assert Readiness(suite.hearer, nobody).findings()["broker"] == "unreachable"
    assert Readiness(suite.hearer, suite.settings.broker_url).findings()["broker"] == "ok"


def test_a_worker_tells_operators_how_it_is_and_ends_when_told(suite: Installation) -> None:
    port = free_port()
    worker = suite.start("living", command=SUITE, YUANBAN_METRICS_PORT=str(port))
    pool = urllib3.PoolManager(retries=False, timeout=10.0)

    def answer(path: str) -> tuple[int, bytes]:
        try:
            answered: Any = pool.request("GET", f"http://127.0.0.1:{port}{path}")
        except urllib3.exceptions.HTTPError:
            return 0, b""
        return int(answered.status), bytes(answered.data)

    suite.wait_until(lambda: answer("/readyz")[0] == 200)
    assert answer("/healthz")[0] == 200
    assert b'yuanban_inbox_parked{service="living"} 0.0' in answer("/metrics")[1]
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0, suite.logs()
    pool.clear()
