"""The adapter: the port over HTTP with JSON (docs/handover.md), within time limits, with a bearer secret."""

import hashlib
import json
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from approvals.handovers.port import (
    Document,
    File,
    Filing,
    Receipt,
    Rejection,
    Report,
    Taken,
    Unreachable,
)
from approvals.handovers.wire import WireError, read_report, write_filing
from shared.network import TimeLimits, Upstream, UpstreamError, UpstreamResponse
from shared.text import Text

MOST_JSON = 1024 * 1024
_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
_OURS_TO_MEND = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)  # the secret is wrong: settings, not the case


class HttpSystem:
    """An authority's system that speaks our protocol. `whole_s` bounds the reading of one answer."""

    def __init__(
        self,
        name: Text,
        upstream: Upstream,
        secret: str,
        *,
        limits: TimeLimits | None = None,
        whole_s: float = 30.0,
    ) -> None:
        self.name = name
        self._upstream = upstream
        self._secret = secret
        self._limits = limits or TimeLimits(answer_s=15.0, connect_s=5.0)
        self._whole_s = whole_s

    def file(self, reference: str, filing: Filing) -> Taken:
        """PUT the materials, then the application that names them."""
        return self._hand_over(f"/filings/{quote(reference)}", filing)

    def answer(self, reference: str, number: int, filing: Filing) -> Taken:
        """PUT the materials, then the corrected application."""
        return self._hand_over(f"/filings/{quote(reference)}/answers/{number}", filing)

    def withdraw(self, reference: str, reason: str) -> Taken:
        """PUT the withdrawal."""
        return self._put(f"/filings/{quote(reference)}/withdrawal", {"reason": reason})

    def status(self, reference: str) -> Report:
        """GET every step so far."""
        answer = self._call("GET", f"/filings/{quote(reference)}")
        body = self._read(answer, MOST_JSON)
        if answer.status != HTTPStatus.OK:
            raise Unreachable(f"status was answered {answer.status}")
        try:
            report = read_report(_json(body))
        except WireError as error:
            raise Unreachable(f"a report that cannot be read: {error}") from error
        if report.reference != reference:
            raise Unreachable("a report about another case")
        return report

    def document(self, reference: str, document: Document) -> bytes:
        """GET a document and compare it with what was said of it."""
        answer = self._call("GET", f"/filings/{quote(reference)}/documents/{quote(document.id)}")
        body = self._read(answer, document.size)
        if answer.status != HTTPStatus.OK:
            raise Unreachable(f"a document was answered {answer.status}")
        if len(body) != document.size or hashlib.sha256(body).hexdigest() != document.sha256:
            raise Unreachable("a document is not what its digest says")
        return body

    def _hand_over(self, path: str, filing: Filing) -> Taken:
        for file in filing.files:
            refused = self._send_file(file)
            if refused is not None:
                return refused
        return self._put(path, write_filing(filing))

    def _send_file(self, file: File) -> Rejection | None:
        answer = self._call("PUT", f"/materials/{file.sha256}", body=file.content(), kind=file.media_type)
        body = self._read(answer, MOST_JSON)
        return None if answer.status < HTTPStatus.MULTIPLE_CHOICES else _rejection(answer.status, body)

    def _put(self, path: str, said: Mapping[str, Any]) -> Taken:
        content = json.dumps(said, ensure_ascii=False, default=str).encode()
        answer = self._call("PUT", path, body=content, kind="application/json")
        body = self._read(answer, MOST_JSON)
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
            return _rejection(answer.status, body)
        number = _json(body).get("receipt_number")
        if not isinstance(number, str) or not 0 < len(number) <= 64:
            raise Unreachable("an answer without a receipt number")
        return Receipt(number)

    def _call(self, method: str, path: str, *, body: bytes = b"", kind: str = "") -> UpstreamResponse:
        headers = {"Authorization": f"Bearer {self._secret}", "Accept": "application/json"}
        if kind:
            headers["Content-Type"] = kind
        try:
            return self._upstream.call(method, path, headers=headers, body=body, limits=self._limits)
        except UpstreamError as error:
            raise Unreachable(f"{type(error).__name__}: no answer") from error

    def _read(self, answer: UpstreamResponse, most: int) -> bytes:
        """The whole body; Unreachable when it is longer than `most` or does not end in time."""
        end = time.monotonic() + self._whole_s
        pieces: list[bytes] = []
        size = 0
        try:
            for piece in answer.chunks:
                pieces.append(piece)
                size += len(piece)
                if size > most or time.monotonic() > end:
                    raise Unreachable("an answer that is too long, or does not end")
        except UpstreamError as error:
            raise Unreachable(f"{type(error).__name__}: the answer broke off") from error
        finally:
            answer.close()
        return b"".join(pieces)


def _rejection(status: int, body: bytes) -> Rejection:
    """What a refusal means: Unreachable where asking again may help."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING or status < HTTPStatus.BAD_REQUEST:
        raise Unreachable(f"answered {status}")
    if status in _OURS_TO_MEND:
        raise Unreachable(f"answered {status}: the secret is not accepted")
    said = _json(body)
    code, reason = said.get("code"), said.get("reason")
    return Rejection(
        code if isinstance(code, str) else "invalid",
        reason[:500] if isinstance(reason, str) else f"HTTP {status}",
    )


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        raise Unreachable("an answer that is no JSON") from None
    if not isinstance(found, dict):
        raise Unreachable("an answer that is no JSON object")
    return found
