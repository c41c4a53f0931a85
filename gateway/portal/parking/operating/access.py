"""Who runs and who watches the car parks. The services decide, pages only show no dead ends."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import abort
from werkzeug.wrappers import Response

from gateway.portal.access import to_sign_in
from gateway.portal.context import Json, current_person

P = ParamSpec("P")
R = TypeVar("R")

_WATCH = frozenset({"operator", "manager", "administrator", "auditor"})
_FORBIDDEN = 403


def watches_car_parks(person: Json | None) -> bool:
    """Whether the person runs or watches the car parks."""
    return person is not None and not _WATCH.isdisjoint(person["roles"])


def runs_car_parks() -> bool:
    """Whether the reader runs them, rather than looking on."""
    person = current_person()
    return person is not None and "operator" in person["roles"]


def watchers_only(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Send visitors to the sign-in page; whoever neither runs nor watches car parks gets 403."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        person = current_person()
        if person is None:
            return to_sign_in()
        if not watches_car_parks(person):
            abort(_FORBIDDEN)
        return view(*args, **kwargs)

    return guarded


def operators_only(view: Callable[P, R]) -> Callable[P, R | Response]:
    """The same for pages on which something is done: whoever only watches gets 403."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        if current_person() is None:
            return to_sign_in()
        if not runs_car_parks():
            abort(_FORBIDDEN)
        return view(*args, **kwargs)

    return guarded
