"""How the portal asks the services: signed as the public API does it, without the way round by HTTP."""

import json as jsonlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import Headers

from gateway.routing.dispatch import Dispatcher, decoded, request_id
from shared.actor import Actor
from shared.errors import Problem
from shared.network import Body, UpstreamError, UpstreamResponse
from shared.text import Language

Json = dict[str, Any]

_JSON_TYPES = {"application/json", "application/problem+json"}
_PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """What a service answered; a service that does not answer counts as 503."""

    status: int
    json: Any = None
    """The JSON body, None when the answer carries none."""
    headers: Headers = field(default_factory=Headers)
    content: bytes = b""
    service: str = ""
    """Who was asked."""
    stream: UpstreamResponse | None = None
    """The answer itself, not read yet, where it was asked for so and succeeded; whoever has it closes it."""

    @property
    def ok(self) -> bool:
        """Whether the service did what it was asked."""
        return 200 <= self.status < 300

    @property
    def problem(self) -> Json | None:
        """The problem document of a refusal."""
        return None if self.ok or not isinstance(self.json, dict) else self.json


class ServiceClient:
    """Calls services in the name of one reader (or of nobody), in the reader's language.

    `path` is relative to `/api/v1/<service>/`, its parts percent-encoded; a leading slash does not matter.
    """

    def __init__(self, dispatcher: Dispatcher, actor: Actor | None, language: Language) -> None:
        self._dispatcher = dispatcher
        self._actor = actor
        self._language = language

    @property
    def services(self) -> list[str]:
        """Names of all services, the gateway among them."""
        return self._dispatcher.everybody

    def get(
        self,
        service: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> ApiResponse:
        """Read something; `timeout_s` is for pages that can do without the answer."""
        return self._call("GET", service, path, params, None, None, headers, timeout_s)

    def open(self, service: str, path: str, params: Mapping[str, Any] | None = None) -> ApiResponse:
        """GET a file, to be passed on while it comes in (`stream`)."""
        return self._call("GET", service, path, params, None, None, None, streamed=True)

    def post(
        self,
        service: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ApiResponse:
        """Create something, or carry out a verb."""
        return self._call("POST", service, path, params, json, data, headers)

    def put(
        self,
        service: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: Body | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ApiResponse:
        """Place something, a file for example."""
        return self._call("PUT", service, path, params, json, data, headers)

    def patch(
        self,
        service: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> ApiResponse:
        """Change parts of something."""
        return self._call("PATCH", service, path, params, json, None, headers)

    def delete(
        self,
        service: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ApiResponse:
        """Take something away."""
        return self._call("DELETE", service, path, params, None, None, headers)

    def _call(
        self,
        method: str,
        service: str,
        path: str,
        params: Mapping[str, Any] | None,
        json: Any,
        data: Body | None,
        headers: Mapping[str, str] | None,
        timeout_s: float | None = None,
        *,
        streamed: bool = False,
    ) -> ApiResponse:
        sent = {
            "Accept": "application/json, */*;q=0.5",
            "Accept-Language": "zh-CN" if self._language == "zh" else "en",
            **(headers or {}),
        }
        body: Body = data or b""
        if json is not None:
            body = jsonlib.dumps(json, ensure_ascii=False).encode()
            sent["Content-Type"] = "application/json"
        query = urlencode({k: v for k, v in (params or {}).items() if v is not None}, doseq=True)
        try:
            answer = self._dispatcher.send(
                service,
                method,
                decoded(path),
                actor=self._actor,
                query=query,
                headers=sent,
                body=body,
                timeout_s=timeout_s,
                or_edge=True,
            )
            if streamed and 200 <= answer.status < 300:
                return ApiResponse(answer.status, None, Headers(answer.headers), b"", service, answer)
            return _read(answer, service)
        except Problem as problem:
            return _refused(problem, self._language, service)
        except UpstreamError:
            return ApiResponse(status=502, service=service)  # it broke off in the middle of the answer


def _read(answer: UpstreamResponse, service: str) -> ApiResponse:
    headers = Headers(answer.headers)
    content = answer.read()
    media_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    document = None
    if content and media_type in _JSON_TYPES:
        try:
            document = jsonlib.loads(content)
        except ValueError:
            return ApiResponse(502, None, headers, content, service)
    return ApiResponse(answer.status, document, headers, content, service)


def _refused(problem: Problem, language: Language, service: str) -> ApiResponse:
    """The problem document that the public API would have answered."""
    document = {
        "type": f"urn:yuanban:problem:{problem.code}",
        "title": problem.title.in_(language),
        "status": problem.status,
        "request_id": request_id(),
    }
    if problem.detail:
        document["detail"] = problem.detail.in_(language)
    headers = Headers({"Content-Type": _PROBLEM, **problem.headers})
    return ApiResponse(problem.status, document, headers, service=service)
