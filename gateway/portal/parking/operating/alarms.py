"""Alarms of a car park: what somebody is to look at, and what was found."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from gateway.portal.asking import CONFLICT, INVALID, STALE, Wrong, errors_of, wrong_of
from gateway.portal.controls import Control, Typed, read, typed_in
from gateway.portal.parking.asking import load_parking, parking_path, send
from gateway.portal.parking.operating.access import operators_only, runs_car_parks, watchers_only
from gateway.portal.parking.operating.forms import Answer, done, new_key
from gateway.portal.services import answer_of

pages = Blueprint("operating_alarms", __name__)

_NOTE = Control("note", _l("What was found"), most=400, width="long")


@pages.get("/parking/operating/<uuid:lot_id>/alarms")
@watchers_only
def index(lot_id: UUID) -> Answer:
    """Those that nobody has seen to yet, or those that somebody has: the address says which."""
    return _page(lot_id, {}, Wrong())


@pages.post("/parking/operating/<uuid:lot_id>/alarms/<uuid:alarm_id>")
@operators_only
def see(lot_id: UUID, alarm_id: UUID) -> Answer:
    """Say what was found."""
    typed = typed_in((_NOTE,), request.form)
    body, own = read((_NOTE,), typed)
    response = send("POST", parking_path("alarms", alarm_id, "see"), body)
    if response.status in (INVALID, CONFLICT, STALE):
        stale = response.status == STALE
        wrong = Wrong() if stale else wrong_of(errors_of(response), (_NOTE,), own)
        return _page(lot_id, typed, wrong, about=str(alarm_id), stale=stale, status=response.status)
    answer_of(response)
    return redirect(url_for("portal.operating_alarms.index", lot_id=lot_id, done="seen"), code=303)


def _page(
    lot_id: UUID, typed: Typed, wrong: Wrong, *, about: str = "", stale: bool = False, status: int = 200
) -> Answer:
    """The alarms; `about` is the one at which something is wrong."""
    seen, cursor = request.args.get("seen", "") == "yes", request.args.get("cursor")
    lot = load_parking("lots", lot_id)
    shown = render_template(
        "portal/parking/operating/alarms.html",
        lot=lot,
        lanes={lane["id"]: lane for lane in lot["lanes"]},
        zones={zone["id"]: zone for zone in lot["zones"]},
        page=load_parking("lots", lot_id, "alarms", open="false" if seen else "true", cursor=cursor),
        seen=seen,
        first_page=not cursor,
        runs=runs_car_parks(),
        note=_NOTE,
        about=about,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        stale=stale,
        done=done(),
        idempotency_key=new_key(),
    )
    return shown, status
