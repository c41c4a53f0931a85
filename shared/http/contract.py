"""What a route promises, said once above it; the API description derives the rest (`description.py`).

From these marks follow the headers that a request takes, and every refusal it may meet. They describe and
do not enforce; `tests/contract/` holds that routes keep to them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from shared.refusals import Refusal

View = TypeVar("View", bound=Callable[..., Any])
_DOC = "_apidoc"  # where flask-smorest keeps what decorators say of a view
_MARKS = "marks"


@dataclass(frozen=True, slots=True)
class Marks:
    """What was said of one route."""

    public: bool = False
    """Answers without a token."""
    command: bool = False
    """Changes something in one transaction; as a POST it honours `Idempotency-Key`."""
    guarded: bool = False
    """Demands the version that was seen, in `If-Match`."""
    upload: bool = False
    """Takes a file; demands `If-Match`, or for the first one `If-None-Match: *`."""
    refusals: tuple[Refusal, ...] = ()
    """Refusals that do not follow from the kind of route."""


def marks_of(doc: dict[str, Any]) -> Marks:
    """The marks among what flask-smorest kept."""
    return Marks(**doc.get(_MARKS, {}))


def query_parameters(view: Callable[..., Any]) -> frozenset[str] | None:
    """Names of the query parameters that a described view takes; None of a view that is not described."""
    doc = getattr(view, _DOC, None)
    if doc is None:
        return None
    given = doc.get("arguments", {}).get("parameters", ())
    return frozenset(name for each in given if each["in"] == "query" for name in each["schema"]().fields)


def mark(view: View, **said: Any) -> View:
    """Add to the marks of a view."""
    doc = getattr(view, _DOC, {})
    setattr(view, _DOC, {**doc, _MARKS: {**doc.get(_MARKS, {}), **said}})
    return view


def public(view: View) -> View:
    """Anybody may ask, without a token."""
    return mark(view, public=True)


def guarded(view: View) -> View:
    """The version that was seen must be named in `If-Match`: 428 without, 412 when it is stale."""
    return mark(view, guarded=True)


def uploads(view: View) -> View:
    """The body is a file: `If-Match` names the version it replaces, `If-None-Match: *` that it is new."""
    return mark(view, upload=True, command=True)


def refuses(*refusals: Refusal) -> Callable[[View], View]:
    """The view may give these refusals beside those that every route of its kind may give."""

    def decorate(view: View) -> View:
        return mark(view, refusals=refusals)

    return decorate
