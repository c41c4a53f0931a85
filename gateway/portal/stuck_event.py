"""One stuck event: what it is, why it failed, and what an administrator does about it."""

import json
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.clients import ApiResponse
from gateway.portal.context import Json, current_client
from gateway.portal.fields import ErrorLine
from gateway.portal.services import (
    RefusedError,
    load,
    own_key,
    path_of,
    problem_sentence,
    seen_version,
    title_of,
)
from gateway.portal.stuck_access import operators_only
from shared.http.readable import is_storable

pages = Blueprint("stuck_event", __name__)

Answer = str | Response | tuple[str, int]

_NOT_FOUND = 404
_CONFLICT = 409
_STALE = 412
_INVALID = 422
_ADDRESS = "/stuck-events/<service>/<uuid:stuck_id>"


@pages.get(_ADDRESS)
@operators_only
def show(service: str, stuck_id: UUID) -> str:
    """The event with its error and, for administrators, its content."""
    return _page(service, _load(service, stuck_id))


@pages.post(f"{_ADDRESS}/replay")
@operators_only
def replay(service: str, stuck_id: UUID) -> Answer:
    """Have it tried again at once."""
    response = _act(service, stuck_id, "replay", {})
    return _done("replayed") if response.ok else _refused(response, service, stuck_id)


@pages.get(f"{_ADDRESS}/discard")
@operators_only
def discard(service: str, stuck_id: UUID) -> str:
    """Ask for the reason before it is given up."""
    return _discard_page(service, _load(service, stuck_id))


@pages.post(f"{_ADDRESS}/discard")
@operators_only
def discard_post(service: str, stuck_id: UUID) -> Answer:
    """Give it up with the reason given."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        errors = [ErrorLine(_("Say why the event is discarded"), "#reason")]
        return _discard_page(service, _load(service, stuck_id), errors), _INVALID
    response = _act(service, stuck_id, "discard", {"reason": reason})
    if response.status == _INVALID:
        refusal = RefusedError(response)
        sentences = [each["message"] for each in refusal.errors] or [problem_sentence(refusal.problem)]
        errors = [ErrorLine(sentence, "#reason") for sentence in sentences]
        return _discard_page(service, _load(service, stuck_id), errors, reason), _INVALID
    return _done("discarded") if response.ok else _refused(response, service, stuck_id)


def _load(service: str, stuck_id: UUID) -> Json:
    return load(_known(service), path_of("stuck-events", str(stuck_id)))


def _known(service: str) -> str:
    if service not in current_client().services:
        abort(_NOT_FOUND)
    return service


def _act(service: str, stuck_id: UUID, verb: str, body: Json) -> ApiResponse:
    """The verb, guarded by the version and the idempotency key that the posted form carries."""
    headers = {**seen_version(), **own_key()}
    path = path_of("stuck-events", str(stuck_id), verb)
    return current_client().post(_known(service), path, json=body, headers=headers)


def _done(what: str) -> Response:
    return redirect(url_for("portal.stuck.index", done=what), code=303)


def _refused(response: ApiResponse, service: str, stuck_id: UUID) -> Answer:
    """Somebody was faster: the event as it is now, or what became of it."""
    if response.status == _STALE:
        return _page(service, _load(service, stuck_id), stale=True), _STALE
    if response.status in {_NOT_FOUND, _CONFLICT}:
        sentence = problem_sentence(response.problem or {})
        return render_template("portal/stuck/settled.html", sentence=sentence), response.status
    raise RefusedError(response)


def _page(service: str, event: Json, stale: bool = False) -> str:
    attributes, content = readable(event["body"])
    return render_template(
        "portal/stuck/event.html",
        event=event,
        service=service,
        title=title_of(service),
        attributes=attributes,
        content=content,
        stale=stale,
        idempotency_key=str(uuid4()),
    )


def _discard_page(service: str, event: Json, errors: list[ErrorLine] | None = None, reason: str = "") -> str:
    return render_template(
        "portal/stuck/discard.html",
        event=event,
        service=service,
        title=title_of(service),
        errors=errors or [],
        reason=reason,
        idempotency_key=str(uuid4()),
    )


def readable(body: str | None) -> tuple[list[tuple[str, str]], str | None]:
    """The attributes of an event, and its data (a timer's payload) as indented JSON.

    What is no JSON is shown as it came: it may be here for just that reason.
    """
    if body is None:
        return [], None
    try:
        document = json.loads(body)
        if not isinstance(document, dict) or "specversion" not in document:
            return [], _written(document)
        attributes = [(name, _plain(value)) for name, value in document.items() if name != "data"]
        return attributes, _written(document.get("data"))
    except (ValueError, RecursionError):
        return [], body


def _plain(value: Any) -> str:
    return value if isinstance(value, str) and value.isprintable() else _written(value)


def _written(document: Any) -> str:
    text = json.dumps(document, ensure_ascii=False, indent=2)
    # A half of a surrogate pair can be escaped in JSON but not sent in a page.
    return text if is_storable(text) else json.dumps(document, indent=2)
