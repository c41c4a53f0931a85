"""Pages that need a signed-in reader."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from gateway.portal.context import Json, current_person

P = ParamSpec("P")
R = TypeVar("R")


# Who may hand in applications; the services decide, the pages only show no button that would be refused.
_MAY_APPLY = frozenset({"applicant", "enterprise_member", "resident"})


def may_apply(person: Json | None) -> bool:
    """Whether the person applies for things, rather than deciding on them."""
    return person is not None and not _MAY_APPLY.isdisjoint(person["roles"])


def signed_in_only(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Send visitors to the sign-in page, and back here afterwards."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        return view(*args, **kwargs) if current_person() else to_sign_in()

    return guarded


def to_sign_in() -> Response:
    """A redirect to the sign-in page that leads back; a posted form leads back to the page it was on."""
    if request.method in {"GET", "HEAD"}:
        back = request.full_path.rstrip("?")
    else:
        back = url_for("portal.public.home")
    return redirect(url_for("portal.session.sign_in", next=back), code=303)
