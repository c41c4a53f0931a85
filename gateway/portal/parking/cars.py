"""The reader's own cars: adding one and taking one off."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, INVALID, Wrong, errors_of, wrong_of
from gateway.portal.controls import Control, Typed, read, typed_in
from gateway.portal.parking.asking import load_parking, parking_path, send
from gateway.portal.parking.plates import plate_control
from gateway.portal.services import RefusedError, answer_of

pages = Blueprint("parking_cars", __name__)

Answer = str | Response | tuple[str, int]

_CONTROLS = (
    plate_control(()),
    Control("name", _l("What you call it (optional)"), most=40, width="short"),
)
_NOTHING: Typed = {"plate": "", "name": ""}


@pages.get("/parking/cars")
@signed_in_only
def index() -> str:
    """The cars, and the form for another one."""
    return _page(_NOTHING, Wrong())


@pages.post("/parking/cars")
@signed_in_only
def add() -> Answer:
    """Register a plate."""
    typed = typed_in(_CONTROLS, request.form)
    body, own = read(_CONTROLS, typed)
    response = send("POST", parking_path("cars"), body)
    if response.status in (INVALID, CONFLICT):
        return _page(typed, wrong_of(errors_of(response), _CONTROLS, own)), response.status
    answer_of(response)
    return redirect(url_for("portal.parking_cars.index", done="added"), code=303)


@pages.post("/parking/cars/<uuid:car_id>/remove")
@signed_in_only
def remove(car_id: UUID) -> Answer:
    """Take one off."""
    response = send("POST", parking_path("cars", car_id, "remove"), {})
    if not response.ok:
        raise RefusedError(response)
    return redirect(url_for("portal.parking_cars.index", done="removed"), code=303)


def _page(typed: Typed, wrong: Wrong) -> str:
    return render_template(
        "portal/parking/cars.html",
        page=load_parking("cars"),
        controls=_CONTROLS,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        done=request.args.get("done", ""),
        idempotency_key=str(uuid4()),
    )
