"""Visitors by car: inviting one, withdrawing it, and the visitor's own page without signing in."""

from datetime import timedelta
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.access import signed_in_only
from gateway.portal.asking import CONFLICT, INVALID, STALE, Seen, Wrong, errors_of, wrong_of
from gateway.portal.context import Json, current_person
from gateway.portal.controls import Control, Option, Typed, local_of, read, typed_in
from gateway.portal.machines.access import firms_of
from gateway.portal.parking.asking import load_parking, load_seen, parking_path, send
from gateway.portal.parking.codes import drawn
from gateway.portal.parking.places import lot_control, lots_to_visit, named_lot
from gateway.portal.parking.plates import plate_control
from gateway.portal.services import answer_of
from shared.http.state import current_runtime

pages = Blueprint("parking_visits", __name__)

Answer = str | Response | tuple[str, int]

_FORBIDDEN = 403
_USUAL = timedelta(hours=4)
_TIMES = (
    Control("starts_at", _l("May come from"), "moment", required=True),
    Control("ends_at", _l("May come until"), "moment", required=True),
)
_MINUTES = Control(
    "minutes",
    _l("Minutes that you pay for"),
    "whole",
    hint=_l("So much of the stay is free for your visitor; what is over is paid by the tariff."),
    width="short",
)


@pages.get("/parking/visits")
@signed_in_only
def index() -> str:
    """The invitations of the reader and of their firms, the one made last first."""
    cursor = request.args.get("cursor")
    return render_template(
        "portal/parking/visits.html", page=load_parking("visits", cursor=cursor), first_page=not cursor
    )


@pages.get("/parking/visits/new")
@signed_in_only
def ask() -> str:
    """The form for another one."""
    lots, now = lots_to_visit(), current_runtime().clock.now()
    firms = firms_of(current_person())
    typed = {
        "lot_id": named_lot(lots),
        "plate": "",
        "starts_at": local_of(now.isoformat()),
        "ends_at": local_of((now + _USUAL).isoformat()),
        "minutes": "120",
        "on_behalf_of": firms[0]["uscc"] if firms else "",
    }
    return _form(_controls(lots), typed, Wrong())


@pages.post("/parking/visits/new")
@signed_in_only
def invite() -> Answer:
    """Invite a car; the page of the invitation has the address for the visitor."""
    controls = _controls(lots_to_visit())
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    if not typed["lot_id"]:
        own["/lot_id"] = _("Choose a car park")
        return _form(controls, typed, wrong_of((), controls, own)), INVALID
    response = send("POST", parking_path("visits"), body)
    if response.status in (INVALID, CONFLICT, _FORBIDDEN):
        return _form(controls, typed, wrong_of(errors_of(response), controls, own)), response.status
    made = answer_of(response)
    return redirect(url_for("portal.parking_visits.show", visit_id=made["id"], done="invited"), code=303)


@pages.get("/parking/visits/<uuid:visit_id>")
@signed_in_only
def show(visit_id: UUID) -> str:
    """One invitation with the address to send to the visitor."""
    return _page(load_seen("visits", visit_id), Wrong())


@pages.post("/parking/visits/<uuid:visit_id>/withdraw")
@signed_in_only
def withdraw(visit_id: UUID) -> Answer:
    """Take it back before the car has come."""
    response = send("POST", parking_path("visits", visit_id, "take-back"), {})
    if response.status in (CONFLICT, STALE, _FORBIDDEN):
        seen, stale = load_seen("visits", visit_id), response.status == STALE
        wrong = Wrong() if stale else wrong_of(errors_of(response), ())
        return _page(seen, wrong, stale=stale), response.status
    answer_of(response)
    return redirect(url_for("portal.parking_visits.show", visit_id=visit_id, done="withdrawn"), code=303)


@pages.get("/parking/visits/<uuid:visit_id>/<string:token>")
def for_visitor(visit_id: UUID, token: str) -> str:
    """The invitation as the visitor sees it, who has its address and no account."""
    return render_template(
        "portal/parking/visitor.html", visit=load_parking("visits", visit_id, "state", token)
    )


def _controls(lots: list[Json]) -> tuple[Control, ...]:
    firms = tuple(Option(firm["uscc"], firm["name"]) for firm in firms_of(current_person()))
    host = Control("on_behalf_of", _l("Who invites"), "choice", options=firms, blank=_l("I do, by my pass"))
    asked = (lot_control(lots), plate_control((), _l("Number plate of the visitor")), *_TIMES, _MINUTES)
    return (*asked, host) if firms else asked


def _page(seen: Seen, wrong: Wrong, *, stale: bool = False) -> str:
    visit = seen.document
    return render_template(
        "portal/parking/visit.html",
        visit=visit,
        drawn=drawn(visit["url"]) if visit["url"] else None,
        version=seen.version,
        stale=stale,
        errors=wrong.lines,
        done=request.args.get("done", ""),
        idempotency_key=str(uuid4()),
    )


def _form(controls: tuple[Control, ...], typed: Typed, wrong: Wrong) -> str:
    return render_template(
        "portal/parking/visit_new.html",
        controls=controls,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        idempotency_key=str(uuid4()),
    )
