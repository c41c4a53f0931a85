"""Asking a service in the name of a form, and what its refusals become on a page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from gateway.clients import ApiResponse
from gateway.portal.context import Json, current_client
from gateway.portal.controls import Control, pointer_of
from gateway.portal.fields import ErrorLine
from gateway.portal.posted import number_of
from gateway.portal.services import RefusedError, answer_of, own_key, problem_sentence

INVALID, CONFLICT, STALE = 422, 409, 412
TOP = "form"
"""The id of what is wrong where no control is."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A document and the version in which it was read."""

    document: Json
    version: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with what was typed: by the id of the control, and as the error summary."""

    by_id: Mapping[str, str] = field(default_factory=dict)
    lines: list[ErrorLine] = field(default_factory=list)


def seen_of(service: str, path: str) -> Seen:
    """GET a document with its version; raises RefusedError."""
    response = current_client().get(service, path)
    return Seen(answer_of(response), response.headers.get("ETag", "").strip('"'))


def send_to(service: str, method: str, path: str, body: Any = None) -> ApiResponse:
    """POST, PUT or DELETE by a form that carries the version and the idempotency key of its page."""
    headers = {**_if_match(), **own_key()}
    client = current_client()
    if method == "DELETE":
        return client.delete(service, path, headers=headers)
    call: Callable[..., ApiResponse] = client.put if method == "PUT" else client.post
    return call(service, path, json=body, headers=headers)


def query_of(asked: Mapping[str, Any]) -> dict[str, str]:
    """What was read from a form, as an address carries it; what is not ticked is left out."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in asked.items()
        if value is not False
    }


def _if_match() -> dict[str, str]:
    version = request.form.get("version", "")
    if not version:
        return {}  # nothing to guard yet; where there is something, the service wants it
    if number_of(version) is None:
        raise BadRequest
    return {"If-Match": f'"{version}"'}


def version_shown(seen: Seen, stale: bool) -> str:
    """The version a form shown again carries: the one its reader saw, unless they are told of the change."""
    posted = request.form.get("version", "")
    return seen.version if stale or not posted else posted


def errors_of(response: ApiResponse) -> list[Json]:
    """The errors of a refusal; one that names none still says what is the matter."""
    refusal = RefusedError(response)
    return refusal.errors or [{"pointer": "", "message": problem_sentence(refusal.problem)}]


def wrong_of(
    errors: Iterable[Json], controls: Iterable[Control], own: Mapping[str, str] | None = None
) -> Wrong:
    """The errors at their controls; `own` are sentences of the page by pointer, said instead of others.

    A line of the summary has the control's label in front; what is about no control leads to the form.
    """
    known = {each.pointer: each for each in controls}
    own = own or {}
    said: dict[str, str] = {}
    others: list[str] = []
    for pointer, message in [*own.items(), *((each["pointer"], each["message"]) for each in errors)]:
        nearest = _nearest(pointer, known)
        if nearest is None:
            others.append(message)
        else:
            said.setdefault(nearest, own.get(nearest, message))
    lines = [
        ErrorLine(_("%(row)s: %(label)s", row=each.label, label=said[each.pointer]), f"#{each.first_id}")
        for each in known.values()
        if each.pointer in said
    ]
    lines += [ErrorLine(message, f"#{TOP}") for message in dict.fromkeys(others)]
    return Wrong({known[pointer].id: message for pointer, message in said.items()}, lines)


def _nearest(pointer: str, known: Mapping[str, Control]) -> str | None:
    """The control of a pointer, or the one that stands for what it is a part of."""
    while pointer and pointer not in known:
        pointer = pointer.rpartition("/")[0]
    return pointer or None


def renamed(errors: Iterable[Json], names: Mapping[str, str]) -> list[Json]:
    """The errors with other beginnings of their pointers, given as names of controls."""
    found = []
    for error in errors:
        for old, new in names.items():
            before = pointer_of(old)
            if error["pointer"] == before or error["pointer"].startswith(f"{before}/"):
                error = {**error, "pointer": pointer_of(new) + error["pointer"].removeprefix(before)}
                break
        found.append(error)
    return found
