"""Bookings that stand in the way of a change: each line of the error summary leads to its booking."""

import re
from dataclasses import replace

from flask import url_for
from flask_babel import gettext as _

from gateway.portal.asking import Wrong
from gateway.portal.fields import ErrorLine

_NAMED = re.compile(r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:：|: )(?P<span>\d[^，,]*)")
"""The booking in a refusal of the service, and its time with all that belongs to it."""


def led_to_bookings(wrong: Wrong) -> Wrong:
    """The same, where lines that name a booking by its id say its time instead, and lead to its page."""
    return replace(wrong, lines=[_led(line) for line in wrong.lines])


def _led(line: ErrorLine) -> ErrorLine:
    found = _NAMED.search(line.message)
    if found is None:
        return line
    said = _("Move or cancel the booking of %(time)s first (set-up included)", time=found["span"])
    return ErrorLine(said, url_for("portal.machine_bookings.show", booking_id=found["id"]))
