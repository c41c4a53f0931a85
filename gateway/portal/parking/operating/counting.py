"""Counting the cars of a zone (清点): a number, and what it says about what was known."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from gateway.portal.asking import CONFLICT, INVALID, Wrong, errors_of, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Control, Typed, read, typed_in
from gateway.portal.parking.asking import load_parking, parking_path, send
from gateway.portal.parking.operating.access import operators_only
from gateway.portal.parking.operating.describing import crumbs_of
from gateway.portal.parking.operating.forms import Answer, new_key
from gateway.portal.services import answer_of

pages = Blueprint("operating_counting", __name__)

_CARS = (
    Control(
        "cars",
        _l("How many cars stand there"),
        "whole",
        hint=_l("All of them, those with a pass, a reservation or a firm's bay too; 0 where there is none."),
        width="short",
    ),
)


@pages.get("/parking/operating/zones/<uuid:zone_id>/count")
@operators_only
def ask(zone_id: UUID) -> str:
    """The form for the number."""
    return _page(zone_id, {}, Wrong())


@pages.post("/parking/operating/zones/<uuid:zone_id>/count")
@operators_only
def count(zone_id: UUID) -> Answer:
    """Let so many cars be there, and say what that means."""
    typed = typed_in(_CARS, request.form)
    body, own = read(_CARS, typed)
    response = send("POST", parking_path("zones", zone_id, "count"), body)
    if response.status in (INVALID, CONFLICT):
        return _page(zone_id, typed, wrong_of(errors_of(response), _CARS, own)), response.status
    return _page(zone_id, {}, Wrong(), answer_of(response))


def _page(zone_id: UUID, typed: Typed, wrong: Wrong, counted: Json | None = None) -> str:
    zone = load_parking("zones", zone_id)
    lot = load_parking("lots", zone["lot_id"])
    return render_template(
        "portal/parking/operating/count.html",
        zone=zone,
        lot=lot,
        crumbs=crumbs_of(lot),
        controls=_CARS,
        typed=typed,
        counted=counted,
        wrong=wrong.by_id,
        errors=wrong.lines,
        idempotency_key=new_key(),
    )
