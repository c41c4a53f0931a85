"""Reconciliation: our account of a day beside the provider's, and clearing up where they differ."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from gateway.portal.asking import CONFLICT, INVALID, Wrong, errors_of, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Control, Typed, read, typed_in
from gateway.portal.parking.asking import load_parking, lot_path, parking_path, send
from gateway.portal.parking.operating.access import operators_only, runs_car_parks, watchers_only
from gateway.portal.parking.operating.forms import Answer, done, new_key
from gateway.portal.parking.operating.money import ON
from gateway.portal.services import RefusedError, answer_of
from shared.http.state import current_runtime

pages = Blueprint("operating_days", __name__)

_NOTE = Control("note", _l("How it was cleared up"), most=400, width="long")


@pages.get("/parking/operating/<uuid:lot_id>/day")
@watchers_only
def show(lot_id: UUID) -> Answer:
    """The accounts of a day, which is in the address."""
    return _page(lot_id, {}, Wrong())


@pages.post("/parking/operating/<uuid:lot_id>/day")
@operators_only
def make(lot_id: UUID) -> Answer:
    """Let the accounts of a day be made anew."""
    typed = typed_in((ON,), request.form)
    response = send("POST", lot_path(lot_id, "reconciliation"), read((ON,), typed)[0])
    if response.status in (INVALID, CONFLICT):
        return _page(lot_id, {}, wrong_of(errors_of(response), (ON,)), status=response.status)
    answer_of(response)
    return redirect(url_for("portal.operating_days.show", lot_id=lot_id, on=typed["on"], done="asked"), 303)


@pages.post("/parking/operating/<uuid:lot_id>/differences/<uuid:difference_id>/settle")
@operators_only
def settle(lot_id: UUID, difference_id: UUID) -> Answer:
    """Say how a difference was cleared up."""
    typed = typed_in((_NOTE,), request.form)
    body, own = read((_NOTE,), typed)
    response = send("POST", parking_path("differences", difference_id, "settle"), body)
    if response.status in (INVALID, CONFLICT):
        wrong = wrong_of(errors_of(response), (_NOTE,), own)
        return _page(lot_id, typed, wrong, about=str(difference_id), status=response.status)
    answer_of(response)
    day = request.form.get("on") or None
    return redirect(url_for("portal.operating_days.show", lot_id=lot_id, on=day, done="settled"), code=303)


def _page(lot_id: UUID, typed: Typed, wrong: Wrong, *, about: str = "", status: int = 200) -> Answer:
    """The day; `about` is the difference at which something is wrong."""
    day = request.values.get("on", "")
    found: Json | None = None
    try:
        found = load_parking("lots", lot_id, "reconciliation", on=day)
    except RefusedError as refusal:
        if refusal.status != INVALID:
            raise
        wrong, status = wrong_of(errors_of(refusal.response), (ON,)), INVALID
    shown = render_template(
        "portal/parking/operating/day.html",
        lot=load_parking("lots", lot_id),
        found=found,
        day=day or current_runtime().clock.today().isoformat(),
        today=current_runtime().clock.today().isoformat(),
        runs=runs_car_parks(),
        note=_NOTE,
        about=about,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        done=done(),
        idempotency_key=new_key(),
    )
    return shown, status
