"""The forms of these pages: shown, sent on, and shown again with what is wrong at its field."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from gateway.clients import ApiResponse
from gateway.portal.asking import CONFLICT, INVALID, STALE, Seen, Wrong, errors_of, version_shown, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Control, Typed
from gateway.portal.services import answer_of

Answer = str | Response | tuple[str, int]
Section = tuple[object, Sequence[Control]]
"""The title of a part of a form, empty where it needs none, and its controls."""

REFUSED = (INVALID, CONFLICT, STALE)
_NOTHING_SEEN = Seen({}, "")


@dataclass(frozen=True, slots=True)
class Screen:
    """What stands around the controls of a form."""

    title: object
    submit: object
    crumbs: Sequence[tuple[object, str | None]]
    """Those above it, each with where it leads."""
    back: str
    lead: object = ""
    danger: bool = False
    guarded: Seen = _NOTHING_SEEN
    """What the form changes, in the version that its reader sees."""
    facts: Sequence[tuple[object, object]] = ()


def form_page(
    screen: Screen,
    sections: Sequence[Section],
    typed: Typed,
    wrong: Wrong | None = None,
    *,
    stale: bool = False,
) -> str:
    """A page with one form."""
    wrong = wrong or Wrong()
    return render_template(
        "portal/parking/operating/form.html",
        screen=screen,
        sections=sections,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        stale=stale,
        version=version_shown(screen.guarded, stale) if screen.guarded.version else None,
        idempotency_key=str(uuid4()),
    )


def answered(
    response: ApiResponse,
    controls: Iterable[Control],
    own: Mapping[str, str],
    again: Callable[[Wrong, bool], str],
    onward: Callable[[Json], str],
    errors: Callable[[list[Json]], list[Json]] | None = None,
) -> Answer:
    """Where a form leads: on, or to itself with what is wrong.

    `again` shows it, told whether it had become stale; `errors` may name other fields than the service did.
    """
    if response.status not in REFUSED:
        return redirect(onward(answer_of(response)), code=303)
    if response.status == STALE:
        return again(Wrong(), True), response.status
    found = errors_of(response)
    return again(wrong_of(errors(found) if errors else found, controls, own), False), response.status


def bilingual(body: Json, *names: str) -> Json:
    """The body with groups of which nothing was typed, so that the service names what is missing."""
    for name in names:
        body.setdefault(name, {})
    return body


def done() -> str:
    """What has just been done, as the address says it."""
    return request.args.get("done", "")


def new_key() -> Any:
    """Another key for a form that must not be sent twice."""
    return str(uuid4())
