"""An administrator enters a notice, sees which open cases it moves, and brings it into force."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.clients import ApiResponse
from gateway.portal.access import to_sign_in
from gateway.portal.calendar_months import months_of, periods_of, weekdays
from gateway.portal.context import Json, current_client, current_person
from gateway.portal.fields import ErrorLine
from gateway.portal.services import (
    ENTERPRISE,
    RefusedError,
    answer_of,
    load,
    own_key,
    path_of,
    problem_sentence,
    seen_version,
)
from gateway.portal.stuck_access import may_act, sees_stuck_events

pages = Blueprint("calendar_notice", __name__)

Answer = str | Response | tuple[str, int]
P = ParamSpec("P")
R = TypeVar("R")

LARGEST_FILE = 64 * 1024
"""Bytes; a year of days is a tenth of that."""
_ADDRESS = "/calendar/<int:year>/notice"
_FORBIDDEN = 403
_NOT_FOUND = 404
_STALE = 412
_INVALID = 422
_PLACES = {
    "/title/zh": "title_zh",
    "/title/en": "title_en",
    "/document": "document",
    "/published_on": "published_on",
    "/url": "url",
    "/csv": "csv",
    "/reason": "reason",
}
"""Where on the page a service's pointer leads; what is about none of them is about the days."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed."""

    title_zh: str = ""
    title_en: str = ""
    document: str = ""
    published_on: str = ""
    url: str = ""
    csv: str = ""


def keepers_only(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Send visitors to the sign-in page; everybody but administrators and auditors gets 403."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        person = current_person()
        if person is None:
            return to_sign_in()
        if not sees_stuck_events(person) or (request.method == "POST" and not may_act(person)):
            abort(_FORBIDDEN)
        return view(*args, **kwargs)

    return guarded


@pages.get(_ADDRESS)
@keepers_only
def form(year: int) -> Answer:
    """The form, filled in with what is being prepared already."""
    if not may_act(current_person()):
        abort(_FORBIDDEN)
    draft = _draft_if_any(year)
    typed = Typed(csv="") if draft is None else _typed_of(draft)
    return _form_page(year, typed, [])


@pages.post(_ADDRESS)
@keepers_only
def enter(year: int) -> Answer:
    """Keep the notice as the year's draft, or say what is wrong with it."""
    typed, wrong_file = _typed()
    if wrong_file:
        return _form_page(year, typed, [{"pointer": "/csv", "message": wrong_file}]), _INVALID
    body = {
        "title": {"zh": typed.title_zh, "en": typed.title_en},
        "document": typed.document,
        "published_on": typed.published_on,
        "url": typed.url,
        "csv": typed.csv,
    }
    path = path_of("calendar", str(year), "draft")
    response = current_client().put(ENTERPRISE, path, json=body, headers=seen_version())
    if response.status == _INVALID:
        return _form_page(year, typed, _errors(response)), _INVALID
    if response.status == _STALE:
        return _form_page(year, typed, [], stale=True), _STALE
    answer_of(response)
    return redirect(url_for("portal.calendar_notice.check", year=year), code=303)


@pages.get(f"{_ADDRESS}/check")
@keepers_only
def check(year: int) -> Answer:
    """What the notice would make of the year, and which open cases it moves."""
    if _draft_if_any(year) is None:
        return redirect(url_for("portal.calendar.show", year=year), code=303)
    return _check_page(year, [])


@pages.post(f"{_ADDRESS}/publish")
@keepers_only
def publish(year: int) -> Answer:
    """Bring it into force with the reason given."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        errors = [{"pointer": "/reason", "message": _("Say how you made sure that the days are right")}]
        return _check_page(year, errors), _INVALID
    path = path_of("calendar", str(year), "publish")
    headers = {**seen_version(), **own_key()}
    response = current_client().post(ENTERPRISE, path, json={"reason": reason}, headers=headers)
    if response.status == _INVALID:
        return _check_page(year, _errors(response), reason=reason), _INVALID
    return _done(response, year, "published")


@pages.post(f"{_ADDRESS}/discard")
@keepers_only
def discard(year: int) -> Answer:
    """Throw the draft away."""
    path = path_of("calendar", str(year), "draft")
    response = current_client().delete(ENTERPRISE, path, headers=seen_version())
    return _done(response, year, "discarded")


def _done(response: ApiResponse, year: int, what: str) -> Answer:
    """Back to the year; where somebody was faster, the draft as it is now, or what became of it."""
    if response.status in {_STALE, _NOT_FOUND}:
        if _draft_if_any(year) is None:
            return redirect(url_for("portal.calendar.show", year=year, done="changed"), code=303)
        return _check_page(year, [], stale=True), _STALE
    if not response.ok:
        raise RefusedError(response)
    return redirect(url_for("portal.calendar.show", year=year, done=what), code=303)


def _draft_if_any(year: int) -> Json | None:
    response = current_client().get(ENTERPRISE, path_of("calendar", str(year), "draft"))
    return None if response.status == _NOT_FOUND else answer_of(response)


def _form_page(year: int, typed: Typed, errors: list[Json], stale: bool = False) -> str:
    found = load(ENTERPRISE, path_of("calendar", str(year)))
    posted = request.form.get("version", "")
    return render_template(
        "portal/calendar/notice.html",
        year=found,
        typed=typed,
        errors=_lines(errors),
        wrong=_by_place(errors),
        stale=stale,
        version=found["version"] if stale or not posted else posted,
    )


def _check_page(year: int, errors: list[Json], *, reason: str = "", stale: bool = False) -> str:
    draft = load(ENTERPRISE, path_of("calendar", str(year), "draft"))
    cursor = request.args.get("cursor")
    moves = load(ENTERPRISE, path_of("calendar", str(year), "draft", "moves"), cursor=cursor)
    return render_template(
        "portal/calendar/check.html",
        year=load(ENTERPRISE, path_of("calendar", str(year))),
        draft=draft,
        months=months_of(year, draft["days"]),
        periods=periods_of(draft["days"]),
        weekdays=weekdays(),
        moves=moves,
        first_page=not cursor,
        errors=_lines(errors),
        wrong=_by_place(errors),
        reason=reason,
        stale=stale,
        idempotency_key=str(uuid4()),
    )


def _errors(response: ApiResponse) -> list[Json]:
    refusal = RefusedError(response)
    return refusal.errors or [{"pointer": "", "message": problem_sentence(refusal.problem)}]


def _place(error: Json) -> str:
    return _PLACES.get(error["pointer"], "csv")


def _lines(errors: list[Json]) -> list[ErrorLine]:
    return [ErrorLine(error["message"], f"#{_place(error)}") for error in errors]


def _by_place(errors: list[Json]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for error in errors:
        found.setdefault(_place(error), []).append(error["message"])
    return found


def _typed() -> tuple[Typed, str]:
    """What was typed, and what is wrong with the file; a file takes the place of the typed lines."""
    fields = {name: request.form.get(name, "").replace("\r\n", "\n") for name in Typed.__slots__}
    file = request.files.get("file")
    if file is None or not file.filename:
        return Typed(**fields), ""
    data = file.stream.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        return Typed(**fields), _("The file is too large for a calendar: at most 64 KB")
    text = _decoded(data)
    if text is None:
        return Typed(**fields), _("The file is no text: save it as CSV (UTF-8)")
    return Typed(**{**fields, "csv": text}), ""


def _decoded(data: bytes) -> str | None:
    """The text of a file; Chinese spreadsheets write GB 18030 where they do not write UTF-8."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text if "\x00" not in text else None
    return None


def _typed_of(draft: Json) -> Typed:
    source = draft["source"]
    lines = [
        ",".join([day["date"], day["kind"], _cell(day["name"]["zh"]), _cell(day["name"]["en"])])
        for day in draft["days"]
    ]
    return Typed(
        title_zh=source["title"]["zh"],
        title_en=source["title"]["en"],
        document=source["document"],
        published_on=source["published_on"],
        url=source["url"],
        csv="\n".join(lines),
    )


def _cell(text: str) -> str:
    """A cell of a CSV line; names with commas or quotes are quoted."""
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if set(text) & {",", '"', "，"} else text
