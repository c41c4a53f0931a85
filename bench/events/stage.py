"""Where contenders run: empty databases at full durability, a broker, and processes that are ended again."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psycopg
import sqlalchemy as sa

from bench.events.services import SERVICES, hearer, make_effects, speaker
from shared.config import Settings
from shared.messaging.brokers.rabbitmq import DEAD_EXCHANGE, Topology, connected, declare
from shared.service import Runtime, contracts_of
from shared.testing.brokers import broker_url
from shared.testing.databases import PostgresDatabases, postgres_url

ROOT = Path(__file__).parents[2]
POLL_S = 0.05
PATIENCE_S = 600.0


class Stage:
    """Databases of speaker and hearer, with tables of the suite, and a prefix of their own in the broker."""

    def __init__(self, folder: Path) -> None:
        self._databases = PostgresDatabases(postgres_url())
        # Without the test's option: here commits are as durable as in production.
        self.database_url = self._databases.create(SERVICES).partition("?")[0]
        self._folder = folder
        self.prefix = f"bench{os.getpid()}."
        self.settings = Settings(
            data_dir=folder,
            database_url=self.database_url,
            broker_url=broker_url(),
            blobs_url=f"file://{folder}/blobs",
            secret_key="a key of the measurements and of nobody else",
            broker_prefix=self.prefix,
        )
        self.topology = Topology(self.prefix)
        contracts = contracts_of(SERVICES)
        self.speaker = Runtime(speaker, self.settings, contracts)
        self.hearer = Runtime(hearer, self.settings, contracts)
        make_effects(self.hearer.database)
        assert hearer.queue is not None
        self.queue = hearer.queue
        self.declare()
        self._counting = psycopg.connect(self.plain_url("hearer"), autocommit=True)

    def plain_url(self, service: str) -> str:
        """A service's database as psycopg wants it."""
        url = sa.make_url(self.settings.database_url_for(service)).set(drivername="postgresql")
        return url.render_as_string(hide_password=False)

    def declare(self) -> None:
        """Make exchange and queues."""
        declare(self.settings.broker_url, self.topology, [self.queue])

    def environment(self) -> dict[str, str]:
        """The settings as a process reads them."""
        return {
            **os.environ,
            "YUANBAN_DATA_DIR": str(self._folder),
            "YUANBAN_DATABASE_URL": self.database_url,
            "YUANBAN_BROKER_URL": self.settings.broker_url,
            "YUANBAN_BROKER_PREFIX": self.prefix,
            "YUANBAN_SECRET_KEY": self.settings.secret_key,
            "PYTHONPATH": str(ROOT),
        }

    def start(self, *arguments: str, feed: bool = False) -> "subprocess.Popen[str]":
        """A Python process; what it says is in the stage's folder."""
        log = self._folder / f"{arguments[1].rpartition('.')[2]}.log"
        with log.open("a") as output:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )

    def effects(self) -> int:
        """How many effects there are."""
        row = self._counting.execute("SELECT count(*) FROM effect").fetchone()
        return int(row[0]) if row else 0

    def wait_for_effects(self, count: int) -> None:
        """Wait for so many; more than that is a double, and no measurement."""
        deadline = time.monotonic() + PATIENCE_S
        while (found := self.effects()) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{found} effects of {count}; see {self._folder}")
            time.sleep(POLL_S)
        if found > count:
            raise AssertionError(f"{found} effects of {count} events")

    def empty(self) -> None:
        """Nothing in any table, nothing in any queue, and the remains of the last turn vacuumed away."""
        for service, tables in (("speaker", "outbox_message"), ("hearer", "inbox_message, effect")):
            with psycopg.connect(self.plain_url(service), autocommit=True) as connection:
                connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
                connection.execute("CHECKPOINT")
        with connected(self.settings.broker_url) as connection:
            connection.default_channel.queue_purge(self.topology.events(self.queue).name)

    def close(self) -> None:
        """Give everything back."""
        self._counting.close()
        self.speaker.close()
        self.hearer.close()
        with connected(self.settings.broker_url) as connection:
            channel = connection.default_channel
            channel.queue_delete(self.topology.events(self.queue).name)
            channel.queue_delete(self.topology.dead(self.queue.service).name)
            channel.exchange_delete(self.topology.exchange)
            channel.exchange_delete(self.prefix + DEAD_EXCHANGE)
        self._databases.close()


def end(processes: Sequence["subprocess.Popen[str]"]) -> None:
    """Ask them to stop, and do not wait for ever."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def cpu_seconds(pid: int) -> float:
    """Processor time that a process and the children it waited for have used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    ticks = sum(int(fields[index]) for index in (11, 12, 13, 14))
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """Resident memory of a process (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def servers_cpu_seconds() -> dict[str, float]:
    """Processor time of the database and the broker on this machine, other users' work included (Linux)."""
    spent = {"postgres": 0.0, "beam.smp": 0.0}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            name = (process / "comm").read_text().strip()
            if name in spent:
                spent[name] += cpu_seconds(int(process.name))
    return spent
