"""Which operations were asked for, and which of these left no entry in the audit trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request, request_finished, request_started

from shared.http.state import EXTENSION
from shared.testing.systems import SystemUnderTest
from tests.watching import Watch


@dataclass
class Performed:
    """Which operations were asked for and done, and which of these were silent."""

    done: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)


@contextmanager
def performing(watch: Watch) -> Iterator[Performed]:
    """Look at every request that changes something."""
    performed = Performed()
    before: list[int] = []

    def started(app: Flask, **_more: Any) -> None:
        if EXTENSION not in app.extensions:
            return  # the simulated system of another authority
        before.append(watch.entries)

    def finished(app: Flask, response: Response, **_more: Any) -> None:
        if EXTENSION not in app.extensions:
            return
        entries = before.pop()
        if request.method in {"GET", "HEAD"} or response.status_code >= 400 or request.endpoint is None:
            return
        performed.done.add(request.endpoint)
        if watch.entries == entries:
            performed.silent.add(request.endpoint)

    with request_started.connected_to(started), request_finished.connected_to(finished):
        yield performed


def operations(system: SystemUnderTest, *services: str) -> set[str]:
    """Every operation of these services that is no GET."""
    return {
        rule.endpoint
        for service in services
        for rule in system.app(service).url_map.iter_rules()
        if (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"} and rule.rule.startswith("/api/")
    }
