"""The code at a lane, for cars without a number plate: the way in gives a ticket, the way out asks for it."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from gateway.portal.asking import CONFLICT, INVALID, Wrong, errors_of, wrong_of
from gateway.portal.controls import Control, Typed, typed_in
from gateway.portal.parking.asking import parking_path, send
from gateway.portal.services import answer_of

pages = Blueprint("parking_scanning", __name__)

Answer = str | tuple[str, int]

_FORBIDDEN, _NOT_FOUND = 403, 404
_AT = "/parking/lanes/<uuid:lane_id>/tickets/<string:token>"
"""Where the code leads."""
_TICKET = Control(
    "ticket",
    _l("Ticket"),
    hint=_l("Only on the way out: the one that you were given on the way in."),
    most=16,
    width="short",
)


@pages.get(_AT)
def at_lane(lane_id: UUID, token: str) -> str:
    """The one button, and the field for the ticket of whoever leaves."""
    return _page({"ticket": request.args.get("ticket", "")}, Wrong())


@pages.post(_AT)
def scan(lane_id: UUID, token: str) -> Answer:
    """Ask the barrier; what it answers is shown with the ticket."""
    typed = typed_in((_TICKET,), request.form)
    written = typed["ticket"].upper().lstrip("#")
    body = {"token": token, "ticket": f"#{written}" if written else None}
    response = send("POST", parking_path("lanes", lane_id, "tickets"), body)
    if response.status in (INVALID, CONFLICT, _FORBIDDEN, _NOT_FOUND):
        return _page(typed, wrong_of(errors_of(response), (_TICKET,))), response.status
    return render_template("portal/parking/scanned.html", answer=answer_of(response))


def _page(typed: Typed, wrong: Wrong) -> str:
    return render_template(
        "portal/parking/scan.html", control=_TICKET, typed=typed, wrong=wrong.by_id, errors=wrong.lines
    )
