"""Who may see what is stuck (滞留事件), and who may act on it; the services decide, pages only ask."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import abort
from werkzeug.wrappers import Response

from gateway.portal.access import to_sign_in
from gateway.portal.context import Json, current_person

P = ParamSpec("P")
R = TypeVar("R")

_SEES = frozenset({"administrator", "auditor"})
_FORBIDDEN = 403


def sees_stuck_events(person: Json | None) -> bool:
    """Whether the page is there for this person."""
    return person is not None and not _SEES.isdisjoint(person["roles"])


def may_act(person: Json | None) -> bool:
    """Whether the person replays and discards, rather than looks on."""
    return person is not None and "administrator" in person["roles"]


def operators_only(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Send visitors to the sign-in page; everybody whom this does not concern gets 403."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        person = current_person()
        if person is None:
            return to_sign_in()
        if not sees_stuck_events(person):
            abort(_FORBIDDEN)
        return view(*args, **kwargs)

    return guarded
