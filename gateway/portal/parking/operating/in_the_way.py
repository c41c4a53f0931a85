"""What stands in the way of a change, as an operator reads it: when, not under which id."""

import re
from collections.abc import Iterable

from flask_babel import gettext as _

from gateway.portal.context import Json

_NAMED = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:：|: )(?P<span>\d[^，,]*)")
"""The booking in a refusal of the service, and its time."""


def said_of(errors: Iterable[Json]) -> list[Json]:
    """The errors, where those that name a booking say its time instead."""
    return [_said(each) for each in errors]


def _said(error: Json) -> Json:
    found = _NAMED.search(error["message"])
    if found is None:
        return error
    said = _(
        "A reservation, a pass or a firm's bay of this time stands in the way: %(time)s", time=found["span"]
    )
    return {**error, "message": said}
