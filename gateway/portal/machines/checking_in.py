"""The code at a machine: the page to print it, and what whoever has scanned it does with their phone."""

from uuid import UUID, uuid4

import segno
from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, STALE, Wrong, errors_of, wrong_of
from gateway.portal.machines.access import members_only
from gateway.portal.machines.asking import PRODUCTION, booking_path, load_seen, machine_path, send
from gateway.portal.services import RefusedError, answer_of, load

pages = Blueprint("machine_check_ins", __name__)

Answer = str | Response | tuple[str, int]

_FORBIDDEN = 403
_AT = "/machines/<uuid:machine_id>/check-in/<string:token>"
"""Where the code leads."""


@pages.get("/my-machines/<uuid:machine_id>/check-in-code")
@members_only
def code(machine_id: UUID) -> str:
    """The code of a machine, to be printed and put up there."""
    machine = load_seen(machine_path(machine_id)).document
    url = load(PRODUCTION, machine_path(machine_id, "check-in-code"))["url"]
    drawn = segno.make_qr(url, error="m", boost_error=False).svg_inline(
        scale=8, omitsize=True, svgclass="ym-code", lineclass=None
    )
    return render_template(
        "portal/machines/check_in_code.html",
        machine=machine,
        url=url,
        drawn=Markup(drawn),  # noqa: S704 - made here, of an address that the service has signed
    )


@pages.get(_AT)
@signed_in_only
def at_machine(machine_id: UUID, token: str) -> Answer:
    """The reader's bookings of the machine, and the one button for the one that is due."""
    return _page(machine_id, token, Wrong())


@pages.post(f"{_AT}/<uuid:booking_id>/<any('check-in', 'check-out'):verb>")
@signed_in_only
def act(machine_id: UUID, token: str, booking_id: UUID, verb: str) -> Answer:
    """Begin or end the use."""
    response = send("POST", booking_path(booking_id, verb), {"token": token})
    if response.status in (CONFLICT, STALE, _FORBIDDEN):
        stale = response.status == STALE
        wrong = Wrong() if stale else wrong_of(errors_of(response), ())
        return _page(machine_id, token, wrong, stale=stale)
    answer_of(response)
    here = url_for("portal.machine_check_ins.at_machine", machine_id=machine_id, token=token, done=verb)
    return redirect(here, code=303)


def _page(machine_id: UUID, token: str, wrong: Wrong, *, stale: bool = False) -> Answer:
    status = 200 if not wrong.lines and not stale else STALE if stale else CONFLICT
    try:
        found = load(PRODUCTION, machine_path(machine_id, "check-in", token))
    except RefusedError as refusal:
        if refusal.status != _FORBIDDEN:
            raise
        return render_template("portal/machines/check_in.html", found=None), _FORBIDDEN
    page = render_template(
        "portal/machines/check_in.html",
        found=found,
        token=token,
        stale=stale,
        errors=wrong.lines,
        done=request.args.get("done", ""),
        idempotency_key=str(uuid4()),
    )
    return page if status == 200 else (page, status)
