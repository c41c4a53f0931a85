"""Random faults, one after another, on everything at once. The same seed makes the same plan."""

import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import sqlalchemy as sa

from shared.config import Settings
from shared.ids import new_id
from shared.messaging.brokers.base import BrokerError, Message
from shared.messaging.brokers.rabbitmq_publisher import RabbitPublisher
from shared.messaging.outbox import OutboxMessage
from shared.service import Runtime, contracts_of
from shared.testing.rabbitmq_node import RabbitNode
from shared.testing.tcp_proxy import TcpProxy
from tests.faults.installation import Installation, fields_of
from tests.faults.lines import broker_through, database_through
from tests.faults.services import SAID, SERVICES, speaker

WORKERS = ("speaker", "hearer", "speaker", "hearer")
COMMAND_PAUSE_S = 0.03
LONG = 10.0
"""So much longer than the others one blow in ten may last."""
POISON = (b"", b"\xff\xfe", b"x" * 100_000, b'{"specversion": "9"}', b"null")
KINDS = {
    "worker killed": 6,
    "worker frozen": 3,
    "worker told to stop": 2,
    "backends terminated": 4,
    "broker's line cut": 4,
    "broker's line late": 2,
    "broker's line mute": 2,
    "broker's line refused": 2,
    "databases' line cut": 3,
    "databases' line refused": 2,
    "COMMIT cut": 3,
    "poison": 4,
    "duplicates": 4,
    "broker killed": 1,
    "broker stopped": 1,
}
"""How often each comes, in proportion. Each kind is a method of `Storm`, see `deeds`."""


@dataclass(frozen=True)
class Blow:
    """One fault of the plan."""

    kind: str
    target: int
    """Which worker, which poison, which database."""
    lasts_s: float
    pause_s: float
    """Calm before it."""


def plan(seed: int, seconds: float) -> list[Blow]:
    """Faults for so long; each kind once in random order first, then by chance."""
    chance = random.Random(seed)
    kinds = list(KINDS)
    chance.shuffle(kinds)
    blows: list[Blow] = []
    total = 0.0
    # Silent connections are found after tens of seconds: only a long storm has time for that.
    longest = LONG if seconds > 10 * LONG else 1.0
    while total < seconds:
        kind = kinds.pop() if kinds else chance.choices(list(KINDS), list(KINDS.values()))[0]
        stretch = longest if chance.random() < 0.1 else 1.0
        blow = Blow(
            kind, chance.randrange(1000), chance.uniform(0.1, 3.0) * stretch, chance.uniform(0.1, 1.0)
        )
        blows.append(blow)
        total += blow.lasts_s + blow.pause_s
    return blows


class Storm:
    """Two workers a service on lines that break, commands all the time, and a plan of faults."""

    def __init__(
        self, installation: Installation, node: RabbitNode, broker: TcpProxy, databases: TcpProxy
    ) -> None:
        self._installation = installation
        self._node = node
        self._broker = broker
        self._databases = databases
        self._environment = {
            "YUANBAN_BROKER_URL": broker_through(broker, node.url),
            "YUANBAN_DATABASE_URL": database_through(databases, installation.settings.database_url),
        }
        self._workers = [self._start(name) for name in WORKERS]
        remote = {"database_url": self._environment["YUANBAN_DATABASE_URL"]}
        settings = Settings(**{**fields_of(installation.settings), **remote})
        self._remote = Runtime(speaker, settings, contracts_of(SERVICES))
        self._over = threading.Event()
        self.done: Counter[str] = Counter()
        """Faults that were dealt, by kind."""

    def rage(self, blows: list[Blow], seconds: float) -> None:
        """Deal the blows, no longer than `seconds`, while commands are given; then all is whole again."""
        commands = threading.Thread(target=self._command)
        commands.start()
        deadline = time.monotonic() + seconds
        try:
            for blow in blows:
                if time.monotonic() > deadline:
                    break
                time.sleep(blow.pause_s)
                self.deeds()[blow.kind](blow)
                self.done[blow.kind] += 1
                self._revive()
        finally:
            self._over.set()
            commands.join()
            self._remote.close()
            self._broker.restore()
            self._databases.restore()
            self._node.start()
            self._revive()

    def deeds(self) -> dict[str, Callable[[Blow], None]]:
        """What is done for each kind."""
        return {
            "worker killed": lambda blow: self._signal(blow, signal.SIGKILL),
            "worker frozen": self._freeze,
            "worker told to stop": lambda blow: self._signal(blow, signal.SIGTERM),
            "backends terminated": self._terminate,
            "broker's line cut": lambda _blow: self._broker.cut(),
            "broker's line late": lambda blow: self._for_a_while(self._broker, blow, "delay"),
            "broker's line mute": lambda blow: self._for_a_while(self._broker, blow, "mute"),
            "broker's line refused": lambda blow: self._for_a_while(self._broker, blow, "refuse"),
            "databases' line cut": lambda _blow: self._databases.cut(),
            "databases' line refused": lambda blow: self._for_a_while(self._databases, blow, "refuse"),
            "COMMIT cut": self._cut_commit,
            "poison": self._poison,
            "duplicates": self._duplicate,
            "broker killed": lambda blow: self._lose_broker(blow, self._node.kill),
            "broker stopped": lambda blow: self._lose_broker(blow, self._node.stop),
        }

    def _start(self, name: str) -> "subprocess.Popen[bytes]":
        return self._installation.start(name, **self._environment)

    def _revive(self) -> None:
        for place, worker in enumerate(self._workers):
            if worker.poll() is not None:
                self._workers[place] = self._start(WORKERS[place])

    def _command(self) -> None:
        while not self._over.wait(COMMAND_PAUSE_S):
            self._installation.say(1)
            self._installation.say(1, through=self._remote)
            self._installation.appoint(1)

    def _signal(self, blow: Blow, what: signal.Signals) -> None:
        worker = self._workers[blow.target % len(self._workers)]
        worker.send_signal(what)
        with suppress(subprocess.TimeoutExpired):  # one that has yet to settle what it holds takes its time
            worker.wait(10)

    def _freeze(self, blow: Blow) -> None:
        worker = self._workers[blow.target % len(self._workers)]
        worker.send_signal(signal.SIGSTOP)
        time.sleep(blow.lasts_s)
        worker.send_signal(signal.SIGCONT)

    def _terminate(self, blow: Blow) -> None:
        both = (self._installation.speaker, self._installation.hearer)
        self._installation.terminate_backends(both[blow.target % 2])

    def _for_a_while(self, line: TcpProxy, blow: Blow, how: str) -> None:
        if how == "delay":
            line.delay(0.5)
        elif how == "mute":
            line.mute(*((), ("up",), ("down",))[blow.target % 3])
        else:
            line.refuse()
        time.sleep(blow.lasts_s)
        line.restore()

    def _cut_commit(self, blow: Blow) -> None:
        self._databases.cut_at(b"COMMIT", arrives=blow.target % 2 == 0)
        self._databases.sprung.wait(blow.lasts_s)

    def _poison(self, blow: Blow) -> None:
        body = POISON[blow.target % len(POISON)]
        self._publish([Message(new_id(), SAID.type, body)])

    def _duplicate(self, blow: Blow) -> None:
        newest = sa.select(OutboxMessage).order_by(OutboxMessage.position.desc()).limit(20)
        with self._installation.speaker.read() as session:
            rows = session.scalars(newest).all()
        if rows:
            self._publish([Message(row.event_id, row.type, row.body) for row in rows])

    def _publish(self, messages: list[Message]) -> None:
        publisher = RabbitPublisher(self._node.url, self._installation.topology.exchange)
        with suppress(BrokerError):
            publisher.publish(messages)
        publisher.close()

    def _lose_broker(self, blow: Blow, end: Callable[[], None]) -> None:
        end()
        time.sleep(blow.lasts_s)
        self._node.start()
