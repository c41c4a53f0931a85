"""Reserving a bay: what is free, about what it costs, what else would do, and keeping it."""

from datetime import timedelta
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.clients import ApiResponse
from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, INVALID, TOP, Wrong, errors_of, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Control, Typed, instant_of, local_of, read, typed_in
from gateway.portal.fields import ErrorLine
from gateway.portal.i18n import say
from gateway.portal.parking.asking import load_parking, lot_path, parking_path, send
from gateway.portal.parking.places import lot_control, named_lot, open_lots
from gateway.portal.parking.plates import own_cars, plate_control, vehicle_of
from gateway.portal.services import RefusedError, answer_of
from shared.http.state import current_runtime

pages = Blueprint("parking_reserving", __name__)

Answer = str | Response | tuple[str, int]

TIMES = (
    Control("starts_at", _l("Arriving"), "moment", required=True),
    Control("ends_at", _l("Leaving"), "moment", required=True),
)
FULL = "capacity-full"
_GRID = timedelta(minutes=30)
_USUAL = timedelta(hours=2)


@pages.get("/parking/reserve")
@signed_in_only
def ask() -> Answer:
    """The form; with a time in the address, whether a bay is free then and about what it costs."""
    lots, cars = open_lots(), own_cars()
    controls = _controls(lots, cars)
    if "starts_at" not in request.args or "change" in request.args:
        usual = {"lot_id": named_lot(lots), "plate": cars[0]["plate"] if cars else "", **_usual_time()}
        return _form(controls, usual | _named(controls), Wrong())
    typed = typed_in(controls, request.args)
    wrong = _unanswered(controls, typed)
    if wrong.lines:
        return _form(controls, typed, wrong), INVALID
    return _looked_at(controls, typed, lots, cars)


@pages.post("/parking/reserve")
@signed_in_only
def reserve() -> Answer:
    """Keep the bay, or say what stands against it with what else is free."""
    lots, cars = open_lots(), own_cars()
    controls = _controls(lots, cars)
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    response = send("POST", parking_path("reservations"), body)
    if response.status == CONFLICT and RefusedError(response).slug == FULL:
        return _looked_at(controls, typed, lots, cars, CONFLICT)
    if response.status in (INVALID, CONFLICT):
        return _form(controls, typed, wrong_of(errors_of(response), controls, own)), response.status
    kept = answer_of(response)
    return redirect(
        url_for("portal.parking_reservations.show", reservation_id=kept["id"], done="reserved"), code=303
    )


def _controls(lots: list[Json], cars: list[Json]) -> tuple[Control, ...]:
    return (lot_control(lots), plate_control(cars), *TIMES)


def _named(controls: tuple[Control, ...]) -> Typed:
    return {each.name: request.args[each.name] for each in controls if each.name in request.args}


def _usual_time() -> Typed:
    """From the next half hour on, for two hours."""
    now = current_runtime().clock.now()
    start = now + (_GRID - timedelta(seconds=now.timestamp() % _GRID.total_seconds())) % _GRID
    return {"starts_at": local_of(start.isoformat()), "ends_at": local_of((start + _USUAL).isoformat())}


def _unanswered(controls: tuple[Control, ...], typed: Typed) -> Wrong:
    """What the page itself sees is missing, before anybody is asked."""
    _body, own = read(controls, typed)
    if not typed["lot_id"]:
        own["/lot_id"] = _("Choose a car park")
    if not typed["plate"]:
        own["/plate"] = _("Enter the number plate")
    return wrong_of((), controls, own)


def _looked_at(
    controls: tuple[Control, ...], typed: Typed, lots: list[Json], cars: list[Json], status: int = 200
) -> Answer:
    """What is free at that time, with about what it costs; or the form with the rules that it breaks."""
    found = room_at(typed["lot_id"], typed)
    if isinstance(found, ApiResponse):
        return _form(controls, typed, wrong_of(errors_of(found), controls)), found.status
    if found["broken"]:
        return _form(controls, typed, wrong_of(broken_of(found), controls)), INVALID
    lot = next(each for each in lots if each["id"] == typed["lot_id"])
    errors = [] if found["bookable"] or status == 200 else [_full_meanwhile()]
    page = render_template(
        "portal/parking/reserve_preview.html",
        lot=lot,
        found=found,
        free=sum(each["free"] for each in found["zones"]),
        alternatives=instead_of(found, typed),
        fee=_about(typed, cars),
        typed=typed,
        starts_at=instant_of(typed["starts_at"]),
        ends_at=instant_of(typed["ends_at"]),
        controls=controls,
        errors=errors,
        idempotency_key=str(uuid4()),
    )
    return page if status == 200 else (page, status)


def room_at(lot_id: str, typed: Typed, zone_id: str | None = None) -> Json | ApiResponse:
    """What is free at the time that was typed, or the refusal of a time that cannot be asked for."""
    asked = {name: instant_of(typed[name]) for name in ("starts_at", "ends_at")}
    try:
        return load_parking("lots", lot_id, "room", zone_id=zone_id, **asked)
    except RefusedError as refusal:
        if refusal.status not in (INVALID, CONFLICT):
            raise
        return refusal.response


def broken_of(found: Json) -> list[Json]:
    """The rules that a time breaks, in the reader's language."""
    return [{**each, "message": say(each["message"])} for each in found["broken"]]


def instead_of(found: Json, typed: Typed) -> list[Json]:
    """Other times, each with what the form would say of it."""
    return [
        {**each, "wish": {**typed, **{name: local_of(each[name]) for name in ("starts_at", "ends_at")}}}
        for each in found["alternatives"]
    ]


def _full_meanwhile() -> ErrorLine:
    return ErrorLine(_("That time is not free any more. Choose another one."), f"#{TOP}")


def _about(typed: Typed, cars: list[Json]) -> Json | None:
    """What a stay of that length would cost; None where it cannot be told."""
    stay = {
        "vehicle": vehicle_of(typed["plate"], cars),
        "entered_at": instant_of(typed["starts_at"]),
        "left_at": instant_of(typed["ends_at"]),
    }
    response = send("POST", lot_path(typed["lot_id"], "tariffs", "try"), stay)
    return response.json if response.ok else None


def _form(controls: tuple[Control, ...], typed: Typed, wrong: Wrong) -> str:
    return render_template(
        "portal/parking/reserve.html",
        controls=controls,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
    )
