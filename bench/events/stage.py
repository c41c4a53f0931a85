"""Where contenders run: empty databases at full durability, a broker, and processes that are ended again."""

import os
import subprocess
import time
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import sqlalchemy as sa

from bench.events.services import CELERY, SERVICES, hearer, make_effects, speaker
from bench.processes import ROOT, start
from shared.config import Settings
from shared.messaging.brokers.rabbitmq import DEAD_EXCHANGE, Topology, connected, declare
from shared.service import Runtime, contracts_of
from shared.testing.brokers import broker_url
from shared.testing.databases import PostgresDatabases, postgres_url

POLL_S = 0.02  # asking costs about a tenth of a millisecond, so this takes less than 2 % of a turn
PATIENCE_S = 600.0
QUEUE_PATIENCE_S = 60.0  # a consumer that was killed is noticed by the broker at once, its line being closed


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
        return start(arguments, self.environment(), log, feed=feed)

    def effects(self) -> int:
        """How many effects there are."""
        return self._number("SELECT count(*) FROM effect")

    def _number(self, query: LiteralString) -> int:
        row = self._counting.execute(query).fetchone()
        return int(row[0]) if row else 0

    def wait_for_effects(self, count: int) -> None:
        """Wait for so many."""
        deadline = time.monotonic() + PATIENCE_S
        # Counting takes longer the more there are. The newest number costs nothing, and is never behind the
        # count; it may be ahead, when another consumer has not committed yet, so in the end they are counted.
        while self._number("SELECT coalesce(max(id), 0) FROM effect") < count or self.effects() < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.effects()} effects of {count}; see {self._folder}")
            time.sleep(POLL_S)

    def check_effects(self, count: int) -> None:
        """Once nobody works any more: another number than this is no measurement."""
        if (found := self.effects()) != count:
            raise AssertionError(f"{found} effects of {count} events")

    def empty(self) -> None:
        """Nothing in any table or queue, and a checkpoint, so that no turn writes for the one before it."""
        for service, tables in (("speaker", "outbox_message"), ("hearer", "inbox_message, effect")):
            with psycopg.connect(self.plain_url(service), autocommit=True) as connection:
                connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
                connection.execute("CHECKPOINT")
        self.empty_queues()

    def empty_queues(self) -> None:
        """Wait until the consumers of the last turn are gone; empty our queue, take Celery's away."""
        name = self.topology.events(self.queue).name
        deadline = time.monotonic() + QUEUE_PATIENCE_S
        with connected(self.settings.broker_url) as connection:
            channel = connection.default_channel
            # What a consumer held is ready again once it is gone: only then a purge takes everything.
            while (state := _state(channel, name)) != (0, 0):
                ready, consumers = state
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{name} still has {ready} messages and {consumers} consumers")
                if consumers == 0:
                    channel.queue_purge(name)
                time.sleep(POLL_S)
            self._take_celerys_away(channel)

    def _take_celerys_away(self, channel: Any) -> None:
        channel.queue_delete(self.prefix + CELERY)
        channel.exchange_delete(self.prefix + CELERY)

    def close(self) -> None:
        """Give everything back."""
        self._counting.close()
        self.speaker.close()
        self.hearer.close()
        with connected(self.settings.broker_url) as connection:
            channel = connection.default_channel
            self._take_celerys_away(channel)
            channel.queue_delete(self.topology.events(self.queue).name)
            channel.queue_delete(self.topology.dead(self.queue.service).name)
            channel.exchange_delete(self.topology.exchange)
            channel.exchange_delete(self.prefix + DEAD_EXCHANGE)
        self._databases.close()


def _state(channel: Any, name: str) -> tuple[int, int]:
    """Messages that are ready, and consumers."""
    _name, ready, consumers = channel.queue_declare(name, passive=True)
    return ready, consumers
