"""Bookings that stand in the way of a change: each line of the error summary leads to its booking."""

import re
from dataclasses import replace

from flask import url_for

from gateway.portal.fields import ErrorLine
from gateway.portal.machines.asking import Wrong

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def led_to_bookings(wrong: Wrong) -> Wrong:
    """The same, where lines that name a booking by its id lead to its page."""
    return replace(wrong, lines=[_led(line) for line in wrong.lines])


def _led(line: ErrorLine) -> ErrorLine:
    found = _ID.search(line.message)
    if found is None:
        return line
    return ErrorLine(line.message, url_for("portal.machine_bookings.show", booking_id=found[0]))
