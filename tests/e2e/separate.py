"""The product as it is deployed on many machines: a web process and a worker of every service.

They share PostgreSQL and RabbitMQ and nothing else; people reach the gateway alone.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import urllib3

from shared.config import DEMO_PASSWORD
from shared.messaging.brokers.rabbitmq import DEAD_EXCHANGE, Topology, connected
from shared.service import installed_services
from shared.testing.databases import Databases
from shared.testing.ports import free_port
from tests.e2e.api import ask
from tests.e2e.server import LIMITS, STOP_S, wait_until

_READY_S = 240
_COMMAND_S = 240
_LOG_TAIL = 2000
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")


class Separate:
    """Processes with databases and queues of their own, in the demo park."""

    def __init__(self, folder: Path, database_url: str, broker_url: str) -> None:
        self.database_url = database_url
        self._folder = folder
        self._broker_url = broker_url
        self._topology = Topology(f"{folder.name}-{os.getpid()}.")
        self._ports = {service.name: free_port() for service in installed_services()}
        self._processes: list[subprocess.Popen[bytes]] = []
        gateway = next(service.name for service in installed_services() if service.is_edge)
        self.url = f"http://localhost:{self._ports[gateway]}"
        self._environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | {
            "YUANBAN_DEMO": "1",
            "YUANBAN_DEMO_PASSWORD": DEMO_PASSWORD,
            "YUANBAN_DATA_DIR": str(folder / "data"),
            "YUANBAN_DATABASE_URL": database_url,
            "YUANBAN_BROKER_URL": broker_url,
            "YUANBAN_BROKER_PREFIX": self._topology.prefix,
            "YUANBAN_SECRET_KEY": "a key of the tests and of nobody else",
            "YUANBAN_PUBLIC_URL": self.url,
            **{f"YUANBAN_{kind}_LIMIT": "100000 per minute" for kind in LIMITS},
            **{
                f"YUANBAN_UPSTREAM_{name.upper()}": f"http://127.0.0.1:{port}"
                for name, port in self._ports.items()
            },
        }

    def start(self) -> None:
        """Migrate, seed, start everything, and wait until the gateway and every service answer."""
        for command in ("migrate", "seed"):
            done = subprocess.run(
                [*_YUANBAN, command],
                env=self._environment,
                capture_output=True,
                text=True,
                timeout=_COMMAND_S,
            )
            assert done.returncode == 0, done.stderr
        for name, port in self._ports.items():
            self._begin("web", name, {"PORT": str(port)})
            self._begin("worker", name, {})
        wait_until(self._answers, f"every service behind {self.url}", _READY_S)

    def stop(self) -> None:
        """End them as an operator would, and leave nothing at the broker."""
        for process in self._processes:
            process.terminate()
        codes = [process.wait(STOP_S) for process in self._processes]
        with connected(self._broker_url) as connection:
            channel = connection.default_channel
            for service in installed_services():
                if service.queue is not None:
                    channel.queue_delete(self._topology.events(service.queue).name)
                    channel.queue_delete(self._topology.dead(service.name).name)
            channel.exchange_delete(self._topology.exchange)
            channel.exchange_delete(self._topology.prefix + DEAD_EXCHANGE)
        assert set(codes) == {0}, f"{codes}\n{self.log_tails()}"

    def log_tails(self) -> str:
        """The last lines of every process."""
        tails = ((log.name, log.read_bytes()[-_LOG_TAIL:]) for log in sorted(self._folder.glob("*.log")))
        return "\n".join(f"--- {name}\n{tail.decode('utf-8', 'replace')}" for name, tail in tails)

    def _begin(self, role: str, service: str, more: Mapping[str, str]) -> None:
        with (self._folder / f"{service}-{role}.log").open("wb") as log:
            started = subprocess.Popen(
                [*_YUANBAN, role, service],
                env={**self._environment, **more},
                cwd=self._folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._processes.append(started)

    def _answers(self) -> bool:
        assert all(process.poll() is None for process in self._processes), self.log_tails()
        return all(_is_ready(f"http://127.0.0.1:{port}") for port in self._ports.values())


_YUANBAN = (str(Path(sys.executable).with_name("yuanban")),)


def _is_ready(url: str) -> bool:
    try:
        return ask(url, "GET", "/readyz").status == 200
    except urllib3.exceptions.HTTPError:
        return False


@contextmanager
def separate_services(databases: Databases, broker_url: str, folder: Path) -> Iterator[Separate]:
    """All of them, started; afterwards they must end cleanly."""
    url = databases.create(installed_services())
    made = Separate(folder, url, broker_url)
    try:
        made.start()
        yield made
    except BaseException:
        sys.stderr.write(made.log_tails())  # before what happens at the end can hide it
        raise
    finally:
        made.stop()
        databases.drop(url)
