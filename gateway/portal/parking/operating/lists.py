"""The lists of vehicles: those that may not come in, and those that park free."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from gateway.portal.asking import CONFLICT, INVALID, Wrong, errors_of, renamed, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Control, Option, Typed, read, typed_in
from gateway.portal.machines.describing import options_of
from gateway.portal.parking.asking import load_parking, lot_path, send
from gateway.portal.parking.operating.access import operators_only, runs_car_parks, watchers_only
from gateway.portal.parking.operating.forms import Answer, done, new_key
from gateway.portal.services import RefusedError, answer_of

pages = Blueprint("operating_lists", __name__)

_GONE = 404
_KINDS = (Option("banned", _l("May not come in")), Option("exempt", _l("Parks free")))
_PLATE = Control("plate", _l("Number plate"), most=20, width="short")
_WANTED = Control("wanted_plate", _l("Number plate or a part of it"), most=20)


@pages.get("/parking/operating/<uuid:lot_id>/lists")
@watchers_only
def index(lot_id: UUID) -> Answer:
    """The vehicles on the lists; which list and which plate is in the address."""
    return _page(lot_id, {}, Wrong())


@pages.post("/parking/operating/<uuid:lot_id>/lists")
@operators_only
def add(lot_id: UUID) -> Answer:
    """Put a vehicle on a list."""
    controls = _controls(load_parking("codes"))
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    response = send("POST", lot_path(lot_id, "listings"), body)
    if response.status in (INVALID, CONFLICT):
        return _page(lot_id, typed, wrong_of(errors_of(response), controls, own), status=response.status)
    answer_of(response)
    return redirect(url_for("portal.operating_lists.index", lot_id=lot_id, done="added"), code=303)


@pages.post("/parking/operating/<uuid:lot_id>/lists/<uuid:listing_id>/remove")
@operators_only
def remove(lot_id: UUID, listing_id: UUID) -> Answer:
    """Take a vehicle off its list; what was taken off meanwhile is off."""
    response = send("POST", lot_path(lot_id, "listings", listing_id, "remove"), {})
    if response.status != _GONE:
        answer_of(response)
    return redirect(url_for("portal.operating_lists.index", lot_id=lot_id, done="removed"), code=303)


def _controls(codes: Json) -> tuple[Control, ...]:
    return (
        _PLATE,
        Control("kind", _l("List"), "choice", options=_KINDS, blank=_l("Choose")),
        Control(
            "exemption",
            _l("Parks free as"),
            "choice",
            options=options_of(codes["exemptions"]),
            blank=_l("does not park free"),
        ),
        Control("why", _l("Reason"), hint=_l("For the people of the park."), width="long"),
    )


def _of_filter(errors: list[Json]) -> list[Json]:
    """The errors of the filter, which has a control of its own beside the plate to be listed."""
    return renamed(errors, {"plate": _WANTED.name})


def _page(lot_id: UUID, typed: Typed, wrong: Wrong, *, status: int = 200) -> Answer:
    kind, plate = request.args.get("kind", ""), request.args.get("plate", "").strip()
    filters = {"kind": kind if kind in ("banned", "exempt") else "", "plate": plate}
    cursor = request.args.get("cursor")
    page: Json = {"items": [], "next": None}
    try:
        page = load_parking("lots", lot_id, "listings", cursor=cursor, **filters)
    except RefusedError as refusal:
        if refusal.status != INVALID:
            raise
        wrong, status = wrong_of(_of_filter(errors_of(refusal.response)), (_WANTED,)), INVALID
    shown = render_template(
        "portal/parking/operating/lists.html",
        lot=load_parking("lots", lot_id),
        page=page,
        filters=filters,
        first_page=not cursor,
        runs=runs_car_parks(),
        controls=_controls(load_parking("codes")),
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        done=done(),
        idempotency_key=new_key(),
    )
    return shown, status
