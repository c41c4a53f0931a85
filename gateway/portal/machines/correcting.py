"""Correcting a line of a booking's account: which line, why, and what is right instead."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, INVALID, STALE, Seen, Wrong, errors_of, version_shown, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Control, Typed, read, typed_in
from gateway.portal.machines.asking import booking_path, load_seen, send
from gateway.portal.services import answer_of

pages = Blueprint("correct_charge", __name__)

Answer = str | Response | tuple[str, int]

_FORBIDDEN = 403
CONTROLS = (
    Control(
        "instead_fen",
        _l("Right amount"),
        "yuan",
        hint=_l("Less than what the line says. Empty: nothing is right instead."),
        suffix=_l("yuan"),
    ),
    Control("reason", _l("Reason"), "area", hint=_l("The other side reads it."), most=400),
)


@pages.get("/bookings/<uuid:booking_id>/charges/<uuid:charge_id>/correct")
@signed_in_only
def ask(booking_id: UUID, charge_id: UUID) -> Answer:
    """The form; a line that cannot be corrected (any more) leads back to the booking."""
    seen = load_seen(booking_path(booking_id))
    charge = _charge(seen.document, charge_id)
    if charge is None or not charge["may_correct"]:
        return redirect(url_for("portal.machine_bookings.show", booking_id=booking_id), code=303)
    return _page(seen, charge, {"instead_fen": "", "reason": ""}, Wrong())


@pages.post("/bookings/<uuid:booking_id>/charges/<uuid:charge_id>/correct")
@signed_in_only
def correct(booking_id: UUID, charge_id: UUID) -> Answer:
    """Counter the line, and enter what is right."""
    typed = typed_in(CONTROLS, request.form)
    body, own = read(CONTROLS, typed)
    said = {name: value for name, value in body.items() if value not in (None, "")}
    response = send("POST", booking_path(booking_id, "correct"), {**said, "charge_id": str(charge_id)})
    if response.status not in (INVALID, CONFLICT, STALE, _FORBIDDEN):
        answer_of(response)
        return redirect(
            url_for("portal.machine_bookings.show", booking_id=booking_id, done="correct"), code=303
        )
    seen = load_seen(booking_path(booking_id))
    charge = _charge(seen.document, charge_id)
    if charge is None:
        return redirect(url_for("portal.machine_bookings.show", booking_id=booking_id), code=303)
    if response.status == STALE:
        note = [{"pointer": "", "message": _("It changed while this page was open; look at it again.")}]
        return _page(seen, charge, typed, wrong_of(note, CONTROLS, own), stale=True), STALE
    return _page(seen, charge, typed, wrong_of(errors_of(response), CONTROLS, own)), response.status


def _charge(booking: Json, charge_id: UUID) -> Json | None:
    return next((each for each in booking["charges"] if each["id"] == str(charge_id)), None)


def _page(seen: Seen, charge: Json, typed: Typed, wrong: Wrong, *, stale: bool = False) -> str:
    return render_template(
        "portal/machines/correct.html",
        booking=seen.document,
        charge=charge,
        controls=CONTROLS,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        version=version_shown(seen, stale=stale),
        idempotency_key=str(uuid4()),
    )
