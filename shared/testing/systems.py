"""A whole installation for one test: chosen services, fresh databases, a clock that the test moves."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.actor import Actor
from shared.clock import Clock
from shared.config import Settings
from shared.database import Database
from shared.embedded import Embedded
from shared.service import Runtime, Service
from shared.testing.databases import Databases
from shared.testing.edge import StandInEdge

LIMITS = ("request_limit", "write_limit", "upload_limit", "sign_in_limit")
CHEAP_HASHES: dict[str, Any] = {"password_memory_kib": 64, "password_rounds": 1}


class SystemUnderTest(Embedded):
    """The embedded shape with what tests ask of it. Events move only when `settle` is called."""

    def __init__(
        self,
        services: Sequence[Service],
        settings: Settings,
        clock: Clock,
        edge: StandInEdge | None,
        connect: Callable[[str], Database] = Database,
    ) -> None:
        super().__init__(services, settings, clock, connect)
        self.clock = clock
        self._stand_in = edge
        self.edge_app = self.build()

    def runtime(self, service: str) -> Runtime:
        """A running service by name."""
        return self.runtimes[service]

    def settle(self) -> None:
        """Let events arrive and due timers run until nothing moves."""
        self.worker.run_until_idle()

    def client(self, service: str, actor: Actor | None = None) -> "ApiClient":
        """A client of one service for an invented person; needs the stand-in edge."""
        return ApiClient(self, service, actor)

    def token(self, actor: Actor, service: str) -> str:
        """A fresh token of the stand-in edge for an invented person."""
        if self._stand_in is None:
            raise RuntimeError("this system has a real edge: sign in there")
        return self._stand_in.token(actor, service, self.clock)


class Verbs(ABC):
    """The methods of HTTP by name, for whoever can send a request."""

    @abstractmethod
    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        """Any request."""

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET."""
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        """POST."""
        return self.send("POST", path, **options)

    def put(self, path: str, **options: Any) -> TestResponse:
        """PUT."""
        return self.send("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> TestResponse:
        """PATCH."""
        return self.send("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        """DELETE."""
        return self.send("DELETE", path, **options)


class ApiClient(Verbs):
    """Sends requests to one service's app; a path that starts with `/` is below `/api/v1/<service>`."""

    def __init__(self, system: SystemUnderTest, service: str, actor: Actor | None) -> None:
        self._system = system
        self._service = service
        self._actor = actor
        self._http: FlaskClient = system.app(service).test_client(use_cookies=False)

    def send(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any
    ) -> TestResponse:
        """Any request; `options` are those of werkzeug's test client (`json`, `data`, `query_string` …)."""
        sent = dict(headers or {})
        if self._actor is not None:
            sent.setdefault("Authorization", f"Bearer {self._system.token(self._actor, self._service)}")
        return self._http.open(f"/api/v1/{self._service}{path}", method=method, headers=sent, **options)


class SystemFactory:
    """Makes systems for one test and takes them down afterwards."""

    def __init__(self, databases: Databases, folder: Path, clock: Clock) -> None:
        self._databases = databases
        self._folder = folder
        self._clock = clock
        self._made: list[tuple[SystemUnderTest, str]] = []

    def __call__(
        self, services: Sequence[Service], clock: Clock | None = None, **settings: Any
    ) -> SystemUnderTest:
        """A migrated, built, unseeded system; without an edge among `services` it gets a stand-in.

        `settings` overrides fields of `Settings`. Password hashes are cheap unless said otherwise.
        """
        edge = None if any(service.is_edge for service in services) else StandInEdge()
        chosen = [*services, edge.service] if edge else list(services)
        folder = self._folder / f"system{len(self._made)}"
        url = self._databases.create(chosen)
        fields: dict[str, Any] = {
            "data_dir": folder,
            "database_url": url,
            "broker_url": "memory://",
            "blobs_url": f"file://{folder}/blobs",
            "secret_key": "a key of the tests and of nobody else",
            **dict.fromkeys(LIMITS, "100000 per minute"),
            **CHEAP_HASHES,
            **settings,
        }
        system = SystemUnderTest(
            chosen, Settings(**fields), clock or self._clock, edge, self._databases.connect
        )
        self._made.append((system, url))
        return system

    def close(self) -> None:
        """Take everything down."""
        for system, url in self._made:
            system.close()
            self._databases.drop(url)
        self._made.clear()
