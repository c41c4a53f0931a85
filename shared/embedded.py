"""The embedded shape: every service, the broker and the worker in one process."""

import threading
from collections.abc import Callable, Sequence
from wsgiref.types import WSGIApplication

from flask import Flask

from shared.clock import Clock
from shared.config import Settings
from shared.database import Database
from shared.http.app import create_app
from shared.http.health import tell_of
from shared.messaging.brokers.memory import MemoryBroker
from shared.messaging.worker import Worker
from shared.migrate import migrate
from shared.network import Network, Upstream, WsgiUpstream
from shared.service import Runtime, Service, contracts_of


class Embedded:
    """All services of an installation in this process, wired to one another."""

    def __init__(
        self,
        services: Sequence[Service],
        settings: Settings,
        clock: Clock | None = None,
        connect: Callable[[str], Database] = Database,
    ) -> None:
        contracts = contracts_of(services)
        self.settings = settings
        self.runtimes = {s.name: Runtime(s, settings, contracts, clock, connect) for s in services}
        self._edge = next(service.name for service in services if service.is_edge)
        self._apps: dict[str, Flask] = {}
        self._broker = MemoryBroker(scope=str(settings.data_dir))
        self.worker = Worker(list(self.runtimes.values()), self._broker)
        self._thread: threading.Thread | None = None

    def migrate(self) -> None:
        """Bring every database up to date."""
        for runtime in self.runtimes.values():
            migrate(runtime)

    def seed(self) -> None:
        """Fill what a fresh installation needs and let the resulting events arrive."""
        for runtime in self.runtimes.values():
            if runtime.service.seed is not None:
                runtime.service.seed(runtime)
        self.worker.run_until_idle()

    def build(self) -> Flask:
        """Make the applications; returns the edge's, which serves everything."""
        upstreams: dict[str, Upstream] = {name: WsgiUpstream(self._finder(name)) for name in self.runtimes}
        network = Network(upstreams, self._edge)
        for name, runtime in self.runtimes.items():
            self._apps[name] = create_app(runtime, network)
        # Only the edge is reached from outside, so its figures are those of the whole process.
        behind = [app for name, app in self._apps.items() if name != self._edge]
        tell_of(self._apps[self._edge], behind, [each.registry for each in self.worker.figures.values()])
        return self._apps[self._edge]

    def app(self, service: str) -> Flask:
        """The application of one service."""
        return self._apps[service]

    def start_worker(self) -> None:
        """Run relay, consumers and timers in a thread of this process."""
        self._thread = threading.Thread(target=self.worker.run_forever, name="yuanban-worker", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the worker and give back connections."""
        self.worker.stop()
        if self._thread is not None:
            self._thread.join(timeout=10)
        self._broker.close()
        for runtime in self.runtimes.values():
            runtime.close()

    def _finder(self, name: str) -> "Finder":
        return Finder(self._apps, name)


class Finder:
    """Looks a service's application up when it is called: they are built in turn and know one another."""

    def __init__(self, apps: dict[str, Flask], name: str) -> None:
        self._apps = apps
        self._name = name

    def __call__(self) -> WSGIApplication:
        """The application."""
        return self._apps[self._name].wsgi_app
