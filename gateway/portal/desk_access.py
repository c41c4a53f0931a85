"""Who may enter the officials' desk (工作台), and who may work there rather than look on."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import abort
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.access import to_sign_in
from gateway.portal.context import Json, current_person

P = ParamSpec("P")
R = TypeVar("R")

OVERSEERS = ("manager", "auditor", "administrator")
"""Roles that see every task and every case handed in, without acting on them."""

_POSITIONS = {"window": _l("Window"), "reviewer": _l("Review"), "approver": _l("Decision")}
_ROLES = {
    "manager": _l("Park management"),
    "auditor": _l("Audit"),
    "administrator": _l("Administration"),
}
_FORBIDDEN = 403


def on_the_desk(person: Json | None) -> bool:
    """Whether the desk is there for this person."""
    return person is not None and (may_work(person) or any(role in person["roles"] for role in OVERSEERS))


def may_work(person: Json | None) -> bool:
    """Whether the person holds a position (岗位); the services decide on each task."""
    return person is not None and bool(person.get("positions"))


def office_of(person: Json | None) -> str:
    """What the person does at the desk, in words, for the line below the name."""
    if person is None:
        return ""
    held = [str(_POSITIONS[each["position"]]) for each in person.get("positions", ())]
    held += [str(name) for role, name in _ROLES.items() if role in person["roles"]]
    return " · ".join(dict.fromkeys(held))


def desk_only(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Send visitors to the sign-in page; everybody whose desk this is not gets 403."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        person = current_person()
        if person is None:
            return to_sign_in()
        if not on_the_desk(person):
            abort(_FORBIDDEN)
        return view(*args, **kwargs)

    return guarded
