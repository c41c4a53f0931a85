"""People of the demo park as users of the public API: they sign in and see nothing but the gateway."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import urllib3

from shared.config import DEMO_PASSWORD
from shared.testing.answers import A1_MATERIALS, a1_answers
from tests.e2e.server import wait_until
from tests.unit.material_samples import pdf

ITEM = "00013112700401"
_API = "/api/v1"
_POOL = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(30))

Json = dict[str, Any]


class Answer:
    """What the server said."""

    def __init__(self, response: urllib3.BaseHTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.content = response.data

    @property
    def json(self) -> Any:
        """The body as a document."""
        return json.loads(self.content)

    def expect(self, status: int) -> "Answer":
        """This answer, if it has that status."""
        assert self.status == status, f"{self.status} instead of {status}: {self.content[:2000]!r}"
        return self


def ask(url: str, method: str, path: str, *, body: Any = None, **headers: str) -> Answer:
    """One request; a keyword `If_Match="…"` becomes the header `If-Match`."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        sent.setdefault("Content-Type", "application/json")
    return Answer(_POOL.request(method, url + path, body=body, headers=sent))


class Person:
    """Somebody who uses the API by a token of their own; nobody without a user name."""

    def __init__(self, url: str, username: str | None = None) -> None:
        self.url = url
        self.username = username

    @cached_property
    def _authorisation(self) -> dict[str, str]:
        if self.username is None:
            return {}
        answer = sign_in(self.url, self.username).expect(200).json
        return {"Authorization": f"{answer['token_type']} {answer['access_token']}"}

    def ask(self, method: str, path: str, *, body: Any = None, **headers: str) -> Answer:
        """A request to a path below `/api/v1`."""
        return ask(self.url, method, _API + path, body=body, **self._authorisation, **headers)

    def get(self, path: str) -> Any:
        """A document that must be there."""
        return self.ask("GET", path).expect(200).json

    def case(self, case_id: str) -> Json:
        """The case as this person sees it."""
        found: Json = self.get(f"/enterprise/cases/{case_id}")
        return found

    def act(self, case_id: str, verb: str, body: Any = None, **headers: str) -> Answer:
        """A verb on a case at its present version, unless `If_Match` says otherwise."""
        if "If_Match" not in headers:
            headers["If_Match"] = f'"{self.case(case_id)["version"]}"'
        return self.ask("POST", f"/enterprise/cases/{case_id}/{verb}", body=body or {}, **headers)

    def on_task(self, case_id: str, verb: str, body: Any = None) -> Answer:
        """A verb on the task that is to be done on the case now."""
        task = self.get(f"/enterprise/cases/{case_id}/task")
        path = f"/enterprise/tasks/{task['id']}/{verb}"
        return self.ask("POST", path, body=body or {}, If_Match=f'"{task["version"]}"')

    def start(self) -> str:
        """An empty draft."""
        started = self.ask("POST", "/enterprise/cases", body={"item_code": ITEM}).expect(201).json
        case_id: str = started["id"]
        return case_id

    def fill_in(self, case_id: str, **overrides: Any) -> None:
        """Save all answers."""
        etag = f'"{self.case(case_id)["version"]}"'
        body = {"answers": a1_answers(**overrides)}
        self.ask("PATCH", f"/enterprise/cases/{case_id}", body=body, If_Match=etag).expect(200)

    def upload(self, case_id: str, code: str, data: bytes, **headers: str) -> Answer:
        """PUT a PDF as a material; a first upload unless headers say otherwise."""
        if "If_Match" not in headers:
            headers.setdefault("If_None_Match", "*")
        return self.ask(
            "PUT",
            f"/enterprise/cases/{case_id}/materials/{code}",
            body=data,
            Content_Type="application/pdf",
            Content_Disposition=f"attachment; filename*=UTF-8''{code}.pdf",
            **headers,
        )

    @contextmanager
    def slow_upload(self, case_id: str, code: str, data: bytes) -> Iterator["SlowUpload"]:
        """Begin to upload a PDF; the server has taken the request up, and waits for most of the body."""
        parts = urlsplit(self.url)
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=30) as connection:
            headers = {
                "Host": parts.netloc,
                "Content-Type": "application/pdf",
                "Content-Length": str(len(data)),
                "Content-Disposition": f"attachment; filename*=UTF-8''{code}.pdf",
                "If-None-Match": "*",
                "Expect": "100-continue",
                **self._authorisation,
            }
            lines = [f"PUT {_API}/enterprise/cases/{case_id}/materials/{code} HTTP/1.1"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            interim = connection.recv(1000)
            assert interim.startswith(b"HTTP/1.1 100"), interim
            yield SlowUpload(connection, data)

    def draft(self, **overrides: Any) -> str:
        """A draft in which nothing is missing."""
        case_id = self.start()
        self.fill_in(case_id, **overrides)
        for code in A1_MATERIALS:
            self.upload(case_id, code, pdf()).expect(201)
        return case_id

    def submitted(self, **overrides: Any) -> str:
        """A case that was just handed in."""
        case_id = self.draft(**overrides)
        self.act(case_id, "submit", {"declaration": True}).expect(200)
        return case_id

    def give_opinion(self, case_id: str) -> Answer:
        """As the reviewer: everything is in order."""
        checks = self.get(f"/enterprise/items/{ITEM}")["review_checks"]
        passed = [{"key": check["key"], "result": "pass", "note": ""} for check in checks]
        return self.on_task(
            case_id, "opinion", {"conclusion": "approve", "text": "材料齐全。", "checks": passed}
        )


class SlowUpload:
    """An upload whose body has not been sent yet."""

    def __init__(self, connection: socket.socket, data: bytes) -> None:
        self._connection = connection
        self._data = data

    def finish(self) -> int:
        """Send the body; returns the status of the answer."""
        self._connection.sendall(self._data)
        response = HTTPResponse(self._connection, method="PUT")
        response.begin()
        response.read()
        return response.status


def sign_in(url: str, username: str, password: str = DEMO_PASSWORD) -> Answer:
    """POST a user name and a password for a token."""
    return ask(url, "POST", f"{_API}/auth/token", body={"username": username, "password": password})


def when_told(person: Person, path: str, count: int = 1) -> list[Json]:
    """The items of a list, as soon as events have brought at least that many."""
    wait_until(lambda: len(person.get(path)["items"]) >= count, f"{count} items at {path}")
    found: list[Json] = person.get(path)["items"]
    return found
