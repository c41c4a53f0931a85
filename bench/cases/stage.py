"""Databases of all services, the gateway and one service as processes, and a floor beside them."""

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import urllib3

from bench.processes import ROOT, start
from gateway.accounts.keys import KeyRing
from shared.actor import Actor
from shared.clock import SystemClock
from shared.config import DEMO_PASSWORD, Settings
from shared.http.tokens import sign
from shared.ids import new_id
from shared.serve import gunicorn_command
from shared.service import Runtime, Service, contracts_of, installed_services
from shared.testing.brokers import broker_url
from shared.testing.databases import PostgresDatabases, postgres_url
from shared.testing.ports import free_port

START_S = 60
TOKEN_LIFETIME = timedelta(hours=1)  # longer than the measurement, unlike those that the gateway signs


class Stage:
    """Everything of one measurement; `url` of `gateway`, of the service and of `floor`.

    Its databases lie on the server named, or on that of the tests.
    """

    def __init__(
        self,
        folder: Path,
        service: str = "enterprise",
        floor: str = "bench.cases.floor:create()",
        server: str | None = None,
    ) -> None:
        self.service = service
        self._floor = floor
        services = installed_services()
        self._databases = PostgresDatabases(server or postgres_url())
        self._folder = folder
        self.ports = {name: free_port() for name in (*(each.name for each in services), "floor")}
        self.settings = Settings(
            data_dir=folder,
            database_url=self.another(services),
            broker_url=broker_url(),
            blobs_url=f"file://{folder}/blobs",
            secret_key="a key of the measurements and of nobody else",
            demo=True,
        )
        contracts = contracts_of(services)
        self.runtimes = {each.name: Runtime(each, self.settings, contracts) for each in services}
        gateway = self.runtimes["gateway"]
        if gateway.service.seed is not None:
            gateway.service.seed(gateway)
        self.processes: dict[str, subprocess.Popen[str]] = {}
        self.copies: dict[str, list[int]] = {}
        """The ports of all processes of the service and of the floor."""

    def url(self, name: str) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def urls(self, name: str) -> list[str]:
        """Where each of its processes answers."""
        return [f"http://127.0.0.1:{port}" for port in self.copies[name]]

    def another(self, services: Sequence[Service]) -> str:
        """Further databases on the server, whose commits are as durable as in production."""
        return self._databases.create(services).partition("?")[0]

    def serve(self, copies: int = 1) -> None:
        """Start all three and wait until they answer; of the service and of the floor so many processes."""
        for name in (self.service, "floor"):
            self.copies[name] = [self.ports[name], *(free_port() for _ in range(copies - 1))]
        web = ("-m", "shared.cli", "web")
        self._start("gateway", self.ports["gateway"], (*web, "gateway"))
        for port in self.copies[self.service]:
            self._start(self.service, port, (*web, self.service))
        for port in self.copies["floor"]:
            floor = replace(self.settings, port=port)
            self._start("floor", port, gunicorn_command(floor, self._floor)[1:])
        wait_for(self.url("gateway") + "/readyz")
        for name, path in ((self.service, "/readyz"), ("floor", "/ping")):
            for url in self.urls(name):
                wait_for(url + path)

    def _start(self, name: str, port: int, command: Sequence[str]) -> None:
        """One process; the first of a name is `processes[name]`."""
        environment = {**self._environment(name), "PORT": str(port)}
        process = start(command, environment, self._folder / f"{name}-{port}.log")
        self.processes[name if name not in self.processes else f"{name}-{port}"] = process

    def service_token(self, actor: Actor) -> str:
        """A token for the service itself, as the gateway would sign it."""
        key = KeyRing(self.runtimes["gateway"]).signing_key()
        return sign(key, actor, self.service, SystemClock().now(), TOKEN_LIFETIME)

    def gateway_token(self, username: str) -> str:
        """A token for the public API."""
        answer = urllib3.request(
            "POST",
            f"{self.url('gateway')}/api/v1/auth/token",
            json={"username": username, "password": DEMO_PASSWORD},
        )
        token: str = answer.json()["access_token"]
        return token

    def close(self) -> None:
        """Give the databases back."""
        for runtime in self.runtimes.values():
            runtime.close()
        self._databases.close()

    def _environment(self, name: str) -> dict[str, str]:
        upstreams = {
            f"YUANBAN_UPSTREAM_{each.upper()}": self.url(each) for each in self.ports if each != "floor"
        }
        return {
            **os.environ,
            **upstreams,
            "PORT": str(self.ports[name]),
            "PYTHONPATH": str(ROOT),
            "YUANBAN_DATA_DIR": str(self._folder),
            "YUANBAN_DATABASE_URL": self.settings.database_url,
            "YUANBAN_BROKER_URL": self.settings.broker_url,
            "YUANBAN_BROKER_PREFIX": f"bench{new_id()}.",
            "YUANBAN_SECRET_KEY": self.settings.secret_key,
            "YUANBAN_REQUEST_LIMIT": "1000000 per minute",
            "YUANBAN_WRITE_LIMIT": "1000000 per minute",
            "YUANBAN_UPLOAD_LIMIT": "1000000 per minute",
            "YUANBAN_SIGN_IN_LIMIT": "1000000 per minute",
            "YUANBAN_DEMO": "1",
            "YUANBAN_LOG_LEVEL": "WARNING",
        }


def wait_for(url: str) -> None:
    """Until it answers that all is well; TimeoutError after a minute."""
    deadline = time.monotonic() + START_S
    while True:
        try:
            if urllib3.request("GET", url, retries=False, timeout=2).status == 200:
                return
        except urllib3.exceptions.HTTPError:
            pass
        if time.monotonic() > deadline:
            raise TimeoutError(url)
        time.sleep(0.1)
