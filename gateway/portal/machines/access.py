"""Who books and offers machines: members of firms. The services decide, pages only show no dead ends."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import abort
from werkzeug.wrappers import Response

from gateway.portal.access import to_sign_in
from gateway.portal.context import Json, current_person

P = ParamSpec("P")
R = TypeVar("R")

_WATCH = frozenset({"manager", "administrator", "auditor"})
_DECIDE = frozenset({"operator", "manager"})
_ENTER = frozenset({"manager"})
_FORBIDDEN = 403


def firms_of(person: Json | None) -> list[Json]:
    """The firms for which somebody may act, `{uscc, name}` each; those that have ended are not among them."""
    memberships = person["memberships"] if person else ()
    return [each["organisation"] for each in memberships if not each["organisation"]["closed"]]


def acts_for_a_firm(person: Json | None) -> bool:
    """Whether the person may offer machines."""
    return bool(firms_of(person))


def sees_bookings(person: Json | None) -> bool:
    """Whether there are bookings that the person may read: those of their firms, or all."""
    return acts_for_a_firm(person) or (person is not None and not _WATCH.isdisjoint(person["roles"]))


def sees_disputes(person: Json | None) -> bool:
    """Whether there are disputes that the person may read: those of their firms, or all, to decide them."""
    return acts_for_a_firm(person) or (person is not None and not _DECIDE.isdisjoint(person["roles"]))


def enters_payments(person: Json | None) -> bool:
    """Whether the person enters what firms have paid and were paid."""
    return person is not None and not _ENTER.isdisjoint(person["roles"])


def members_only(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Send visitors to the sign-in page; whoever acts for no firm gets 403."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        person = current_person()
        if person is None:
            return to_sign_in()
        if not acts_for_a_firm(person):
            abort(_FORBIDDEN)
        return view(*args, **kwargs)

    return guarded
