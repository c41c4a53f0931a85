"""One description of the whole public API, merged from those of the services."""

import json
import threading
import time
from typing import Any

import structlog
from flask import Flask, Response, current_app, jsonify

from gateway.routing.dispatch import Dispatcher
from gateway.routing.routes import ALIASES
from shared.errors import Problem
from shared.network import UpstreamError

log = structlog.get_logger(__name__)

Json = dict[str, Any]

_FRESH_S = 60.0
_SHARED_COMPONENTS = {"securitySchemes"}  # the same in every service
_REF = "#/components/"
_PREFIX = "/api/v1/"
_ABOUT = """\
Everything that the portal does. `docs/api.md` of the project tells the whole story, from sign-in to events.

* Sign in with `POST /api/v1/auth/token` and send `Authorization: Bearer …`.
* Texts of documents come in Chinese and English; `Accept-Language` chooses the language of refusals.
* Lists come in pages; `next`, and the header `Link`, lead to the following one.
* Entities carry a version (`ETag`); verbs on them name it in `If-Match`.
* A `POST` with an `Idempotency-Key` may be repeated.
* Refusals are problem documents (RFC 9457). Beside the kinds that each operation lists there are
  `urn:yuanban:problem:method-not-allowed` (405, with the header `Allow`) for a method that the path does not
  have, and `urn:yuanban:problem:http-error` for what is no proper HTTP request.
* Within `v1` members, operations and kinds of problem may be added; nothing is renamed or taken away.
"""


class Descriptions:
    """The services' own descriptions; of one that does not answer, the last that it gave."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._lock = threading.Lock()
        self._kept: dict[str, Json] = {}
        self._asked: dict[str, float] = {}

    def all(self) -> dict[str, Json]:
        """By service, in the order of names; a service never heard of is left out."""
        for service in self._dispatcher.services:
            if time.monotonic() - self._asked.get(service, -_FRESH_S) >= _FRESH_S:
                self._refresh(service)
        with self._lock:
            return {name: self._kept[name] for name in sorted(self._kept)}

    def _refresh(self, service: str) -> None:
        try:
            answer = self._dispatcher.send(service, "GET", "openapi.json", actor=None)
            document = json.loads(answer.read())
            if answer.status != 200 or "paths" not in document:
                raise ValueError(f"status {answer.status}")
        except (Problem, UpstreamError, ValueError) as error:
            log.warning("no description of a service", name=service, error=str(error))
            return  # asked again with the next request
        with self._lock:
            self._kept[service] = document
            self._asked[service] = time.monotonic()


def register(app: Flask, dispatcher: Dispatcher) -> None:
    """Add `GET /api/v1/openapi.json`."""
    descriptions = Descriptions(dispatcher)

    @app.get("/api/v1/openapi.json")
    def openapi() -> Response:
        own = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"].description()
        return jsonify(merged(own, descriptions.all()))


def merged(own: Json, services: dict[str, Json]) -> Json:
    """The gateway's description with every service's paths and, under a prefixed name, components."""
    document: Json = json.loads(json.dumps(own))
    document["info"] = {**document["info"], "title": "Yuanban 园办", "description": _ABOUT}
    document["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    document["servers"] = [{"url": "/", "description": "Where this document comes from"}]
    document["tags"] = list(document.get("tags", ()))
    components = document.setdefault("components", {})
    for service, theirs in services.items():
        renamed = _prefixed(theirs, service)
        document["paths"].update(_public_paths(renamed.get("paths", {}), service))
        document["tags"] += renamed.get("tags", ())
        for kind, entries in renamed.get("components", {}).items():
            components.setdefault(kind, {}).update(entries)
    return document


def _prefixed(theirs: Json, service: str) -> Json:
    """The description with the service's name before every component, tag and operation."""
    document: Json = _renamed(theirs, service)
    document["components"] = {
        kind: entries
        if kind in _SHARED_COMPONENTS
        else {f"{service}_{name}": entry for name, entry in entries.items()}
        for kind, entries in document.get("components", {}).items()
    }
    document["tags"] = [{**tag, "name": f"{service}: {tag['name']}"} for tag in document.get("tags", ())]
    for path in document.get("paths", {}).values():
        for operation in path.values():
            if not isinstance(operation, dict):
                continue
            if "tags" in operation:
                operation["tags"] = [f"{service}: {tag}" for tag in operation["tags"]]
            if "operationId" in operation:
                operation["operationId"] = f"{service}_{operation['operationId']}"
    return document


def _renamed(node: Any, service: str) -> Any:
    """A copy in which every reference to a component carries the prefix."""
    if isinstance(node, list):
        return [_renamed(each, service) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _reference(value, service) if key == "$ref" else _renamed(value, service)
        for key, value in node.items()
    }


def _reference(value: Any, service: str) -> Any:
    if not isinstance(value, str) or not value.startswith(_REF):
        return value
    kind, _, name = value.removeprefix(_REF).partition("/")
    return value if kind in _SHARED_COMPONENTS else f"{_REF}{kind}/{service}_{name}"


def _public_paths(paths: Json, service: str) -> Json:
    """Paths as the public sees them: a short path stands instead of the one it leads to."""
    short = {
        f"{_PREFIX}{alias.service}/{alias.target}": _PREFIX + alias.path.replace("<", "{").replace(">", "}")
        for alias in ALIASES
        if alias.service == service
    }
    return {short.get(path, path): entry for path, entry in paths.items()}
