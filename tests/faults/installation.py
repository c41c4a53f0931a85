"""The two services on PostgreSQL and RabbitMQ, with workers as threads or as processes that can be killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from shared.actor import SYSTEM
from shared.config import Settings
from shared.database import Aggregate
from shared.ids import new_id
from shared.messaging.brokers.rabbitmq import DEAD_EXCHANGE, Topology, connected, declare
from shared.messaging.process import WorkerProcess
from shared.service import Runtime, Service, contracts_of
from tests.faults.ledger import Ledger, findings, pending, read_books
from tests.faults.services import DOOMED, SAID, SERVICES, effect, hearer, make_effects, promise, speaker

ROOT = Path(__file__).parents[2]
SETTLE_S = 60.0


class Subject(Aggregate):
    """Somebody events can tell of."""

    def __init__(self) -> None:
        self.event_sequence = 0


class Installation:
    """Both services, their workers, and the ledger of what was said."""

    def __init__(self, database_url: str, broker_url: str, prefix: str, folder: Path) -> None:
        self.settings = Settings(
            data_dir=folder,
            database_url=database_url,
            broker_url=broker_url,
            blobs_url=f"file://{folder}/blobs",
            secret_key="a key of the tests and of nobody else",
            broker_prefix=prefix,
        )
        self.topology = Topology(prefix)
        self.ledger = Ledger()
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        contracts = contracts_of(SERVICES)
        self.speaker = Runtime(speaker, self.settings, contracts)
        self.hearer = Runtime(hearer, self.settings, contracts)
        make_effects(self.hearer.database)
        self.declare()

    def declare(self) -> None:
        """What `yuanban migrate` does."""
        assert hearer.queue is not None
        declare(self.settings.broker_url, self.topology, [hearer.queue])

    def say(self, count: int, manner: str = "plain", through: Runtime | None = None) -> None:
        """So many commands, each its own transaction; a command whose commit failed is of unknown outcome."""
        for _ in range(count):
            number = self._attempt(manner)
            with suppress(SQLAlchemyError):
                with (through or self.speaker).transaction(SYSTEM) as tx:
                    tx.emit(SAID, Subject(), new_id(), {"number": number, "manner": manner})
                self.ledger.acknowledged.add(number)

    def appoint(self, count: int, manner: str = "plain") -> None:
        """So many commands of the hearer that make an appointment for now."""
        for _ in range(count):
            number = self._attempt(manner)
            with suppress(SQLAlchemyError):
                with self.hearer.transaction(SYSTEM) as tx:
                    tx.session.execute(promise.insert().values(number=number))
                    tx.schedule("strike", str(number), tx.now, {"number": number, "manner": manner})
                self.ledger.acknowledged.add(number)

    def _attempt(self, manner: str) -> int:
        number = len(self.ledger.attempted) + 1
        self.ledger.attempted.add(number)
        if manner in DOOMED:
            self.ledger.doomed.add(number)
        return number

    def findings(self) -> list[str]:
        """Broken promises."""
        return findings(self.ledger, read_books(self.speaker, self.hearer))

    def settle(self, timeout_s: float = SETTLE_S) -> None:
        """Wait until nothing moves any more; fails with what still does."""
        deadline = time.monotonic() + timeout_s
        while left := self._left():
            assert time.monotonic() < deadline, f"{left} after {timeout_s} s\n{self.logs()}"
            time.sleep(0.2)

    def effects(self) -> int:
        """How many effects the hearer has."""
        with self.hearer.read() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(effect)) or 0

    def wait_for_effects(self, count: int, timeout_s: float = SETTLE_S) -> None:
        """Wait until the hearer has at least so many."""
        self.wait_until(lambda: self.effects() >= count, timeout_s)

    def wait_until(self, reached: Callable[[], bool], timeout_s: float = SETTLE_S) -> None:
        """Wait for anything; fails with the logs when it does not come."""
        deadline = time.monotonic() + timeout_s
        while not reached():
            assert time.monotonic() < deadline, f"after {timeout_s} s\n{self.logs()}"
            time.sleep(0.05)

    def _left(self) -> list[str]:
        try:
            return pending(self.ledger, read_books(self.speaker, self.hearer))
        except SQLAlchemyError as error:
            return [repr(error)]

    @contextmanager
    def working(self, *services: Service, **settings: Any) -> Iterator[list[WorkerProcess]]:
        """Workers as threads of this process."""
        chosen = Settings(**{**fields_of(self.settings), **settings})
        workers = [WorkerProcess(service, SERVICES, chosen) for service in services or SERVICES]
        stop = threading.Event()
        threads = [threading.Thread(target=worker.run, args=(stop,)) for worker in workers]
        for thread in threads:
            thread.start()
        try:
            yield workers
        finally:
            stop.set()
            for thread in threads:
                thread.join(60)
                assert not thread.is_alive(), "a worker does not stop"

    def start(
        self,
        service: str,
        *,
        command: Sequence[str] = ("-m", "tests.faults.process"),
        **environment: str,
    ) -> "subprocess.Popen[bytes]":
        """A worker as a process; its log is in `logs()`."""
        log = self._folder / f"{service}{len(self._processes)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *command, service],
                cwd=ROOT,
                env=self.environment(environment),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._processes.append(process)
        return process

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """The settings as a process reads them."""
        return {
            **os.environ,
            "YUANBAN_DATA_DIR": str(self.settings.data_dir),
            "YUANBAN_DATABASE_URL": self.settings.database_url,
            "YUANBAN_BROKER_URL": self.settings.broker_url,
            "YUANBAN_BROKER_PREFIX": self.settings.broker_prefix,
            "YUANBAN_SECRET_KEY": self.settings.secret_key,
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            **more,
        }

    def logs(self) -> str:
        """The ends of all processes' logs."""
        return "\n".join(
            f"--- {path.name}\n{path.read_text('utf-8', 'replace')[-3000:]}"
            for path in sorted(self._folder.glob("*.log"))
        )

    def close(self) -> None:
        """End what still runs and clear the broker."""
        for process in self._processes:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self._processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
        self.speaker.close()
        self.hearer.close()
        assert hearer.queue is not None
        with connected(self.settings.broker_url) as connection:
            channel = connection.default_channel
            channel.queue_delete(self.topology.events(hearer.queue).name)
            channel.queue_delete(self.topology.dead("hearer").name)
            channel.exchange_delete(self.topology.exchange)
            channel.exchange_delete(self.settings.broker_prefix + DEAD_EXCHANGE)

    def terminate_backends(self, runtime: Runtime) -> int:
        """End every connection to a service's database, as an administrator or a failover does."""
        engine = sa.create_engine(runtime.database.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            ended = connection.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            ).all()
        engine.dispose()
        return len(ended)


def fields_of(settings: Settings) -> dict[str, Any]:
    """To make the same settings with a difference."""
    return {name: getattr(settings, name) for name in Settings.__slots__}
