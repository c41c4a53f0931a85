"""The controls of forms: what was typed is kept as typed, and read into a request.

A control is named by where its value stands in the request: `rules.notice_min` is `/rules/notice_min`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from gateway.portal.context import Json
from gateway.portal.money import fen_of, yuan_of
from shared.clock import PARK_TZ

Typed = dict[str, Any]
"""By the name of the control: a text, or the list of what is ticked."""

_WHOLE = re.compile(r"[0-9]{1,9}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:00)?")


def pointer_of(name: str) -> str:
    """`rules.notice_min` is `/rules/notice_min`."""
    return "/" + name.replace(".", "/")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice."""

    value: str
    label: object


@dataclass(frozen=True, slots=True)
class Control:
    """One question of a form."""

    name: str
    label: object
    kind: str = "text"
    """`text`, `area`, `lines`, `whole`, `yuan`, `day`, `moment`, `choice`, `many`, `flag`."""
    hint: object = ""
    suffix: object = ""
    options: tuple[Option, ...] = ()
    """Choices; of a `text` what is suggested."""
    number: bool = False
    """Whether the choices are whole numbers in the request."""
    blank: object = None
    """What the empty choice says; None where there is none."""
    most: int = 200
    required: bool = False
    """Whether the page itself says so when it is empty; for moments, which no service could name better."""
    width: str = "medium"

    @property
    def pointer(self) -> str:
        """Where its value stands in the request."""
        return pointer_of(self.name)

    @property
    def id(self) -> str:
        """The id of the control on the page."""
        return self.name.replace(".", "-").replace("_", "-")

    @property
    def first_id(self) -> str:
        """Where an error leads: the control, or its first box."""
        return f"{self.id}-{self.options[0].value}" if self.kind == "many" and self.options else self.id


def typed_in(controls: Iterable[Control], form: MultiDict[str, str]) -> Typed:
    """What was typed, as it was typed."""
    return {
        each.name: form.getlist(each.name)
        if each.kind == "many"
        else form.get(each.name, "").replace("\r\n", "\n").strip()
        for each in controls
    }


def read(controls: Iterable[Control], typed: Typed) -> tuple[Json, dict[str, str]]:
    """The request, and the page's own sentences by pointer about what cannot be read.

    What was left empty is absent, so that "required" can speak. What cannot be read is in the request as it
    was typed: the service refuses it together with whatever else is wrong.
    """
    body: Json = {}
    own: dict[str, str] = {}
    for each in controls:
        value = typed.get(each.name, "")
        if each.kind == "flag":
            put(body, each.name, value == "true")
        elif value in ("", []):
            if each.required:
                own[each.pointer] = _("Enter the date and the time")
        else:
            known, sentence = _value(each, value)
            put(body, each.name, known)
            if sentence:
                own[each.pointer] = sentence
    return body, own


def _value(control: Control, typed: Any) -> tuple[Any, str]:
    if control.kind == "whole" or control.number:
        return (int(typed), "") if _WHOLE.fullmatch(typed) else (typed, _("Enter a whole number"))
    if control.kind == "lines":
        return [line.strip() for line in typed.split("\n") if line.strip()], ""
    if control.kind == "yuan":
        fen = fen_of(typed)
        if fen is None:
            return typed, _("Enter an amount in yuan, with two decimals at most")
        return fen, ""
    if control.kind == "moment":
        known = instant_of(typed)
        return (typed, _("Enter a date and a time that there are")) if known is None else (known, "")
    return typed, ""


def put(body: Json, name: str, value: Any) -> None:
    """Place a value by its dotted name."""
    *outer, last = name.split(".")
    for part in outer:
        body = body.setdefault(part, {})
    body[last] = value


def instant_of(typed: str) -> str | None:
    """`2026-11-23T09:30` by the wall clock of the park, as an instant; None for what is none."""
    if not _MOMENT.fullmatch(typed):
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=PARK_TZ).isoformat()
    except ValueError:
        return None


def local_of(instant: str) -> str:
    """An instant as the control for a moment takes it, in the park's wall time."""
    return datetime.fromisoformat(instant).astimezone(PARK_TZ).strftime("%Y-%m-%dT%H:%M")


def shown(controls: Iterable[Control], document: Mapping[str, Any]) -> Typed:
    """The values of a document as somebody would type them."""
    found: Typed = {}
    for each in controls:
        value = _at(document, each.name)
        if each.kind == "many":
            found[each.name] = [str(part) for part in value or ()]
        elif value is None:
            found[each.name] = ""
        elif each.kind == "lines":
            found[each.name] = "\n".join(str(part) for part in value)
        elif each.kind == "yuan":
            found[each.name] = yuan_of(value).removesuffix(".00")
        elif each.kind == "flag":
            found[each.name] = "true" if value else ""
        else:
            found[each.name] = str(value)
    return found


def _at(document: Any, name: str) -> Any:
    for part in name.split("."):
        if isinstance(document, list):
            document = document[int(part)] if int(part) < len(document) else None
        elif isinstance(document, Mapping):
            document = document.get(part)
    return document
