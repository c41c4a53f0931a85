"""Charges (充电记录) of a car park: cars at its charging points; whose they are, and that they have gone."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.portal.asking import CONFLICT, INVALID, STALE, Seen, Wrong, errors_of, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Control, Typed, read, typed_in
from gateway.portal.i18n import moment
from gateway.portal.parking.asking import load_parking, load_seen, parking_path, send
from gateway.portal.parking.charging import charges_of
from gateway.portal.parking.operating.access import operators_only, runs_car_parks, watchers_only
from gateway.portal.parking.operating.describing import crumbs_of
from gateway.portal.parking.operating.forms import Answer, Screen, answered, done, form_page, new_key
from gateway.portal.services import answer_of
from shared.http.state import current_runtime

pages = Blueprint("operating_charges", __name__)

_OPEN, _ALL = "open", "all"
_PLATE = Control(
    "plate",
    _l("Number plate or ticket"),
    hint=_l("Of the car that is or was charged there; it pays what is charged for standing on."),
    most=32,
    width="short",
)


@pages.get("/parking/operating/<uuid:lot_id>/charges")
@watchers_only
def index(lot_id: UUID) -> Answer:
    """Those that are not over, or all: the address says which."""
    return _page(lot_id, Wrong())


@pages.post("/parking/operating/<uuid:lot_id>/charges/<uuid:charge_id>/freed")
@operators_only
def free(lot_id: UUID, charge_id: UUID) -> Answer:
    """Say that the bay is free now."""
    response = send("POST", parking_path("charges", charge_id, "freed"), {})
    if response.status in (INVALID, CONFLICT, STALE):
        stale = response.status == STALE
        wrong = Wrong() if stale else wrong_of(errors_of(response), ())
        return _page(lot_id, wrong, stale=stale, status=response.status)
    answer_of(response)
    return redirect(_url(lot_id, "freed"), code=303)


@pages.get("/parking/operating/charges/<uuid:charge_id>/plate")
@operators_only
def ask_plate(charge_id: UUID) -> str:
    """The form for whose car it is."""
    seen = load_seen("charges", charge_id)
    return _plate_page(seen, {_PLATE.name: seen.document["plate"] or ""})


@pages.post("/parking/operating/charges/<uuid:charge_id>/plate")
@operators_only
def name(charge_id: UUID) -> Answer:
    """Say whose car it is."""
    typed = typed_in((_PLATE,), request.form)
    body, own = read((_PLATE,), typed)
    seen = load_seen("charges", charge_id)
    return answered(
        send("POST", parking_path("charges", charge_id, "plate"), body),
        (_PLATE,),
        own,
        lambda wrong, stale: _plate_page(seen, typed, wrong, stale=stale),
        lambda charge: _url(charge["lot_id"], "named"),
    )


def _url(lot_id: UUID | str, said: str | None = None) -> str:
    return url_for("portal.operating_charges.index", lot_id=lot_id, done=said)


def _page(lot_id: UUID, wrong: Wrong, *, stale: bool = False, status: int = 200) -> Answer:
    state = _ALL if request.args.get("state") == _ALL else _OPEN
    cursor = request.args.get("cursor")
    lot = load_parking("lots", lot_id)
    page = load_parking("lots", lot_id, "charges", state=state, cursor=cursor)
    shown = render_template(
        "portal/parking/operating/charges.html",
        lot=lot,
        charges=charges_of(page["items"], current_runtime().clock.now()),
        state=state,
        next=page["next"],
        first_page=not cursor,
        runs=runs_car_parks(),
        errors=wrong.lines,
        stale=stale,
        done=done(),
        idempotency_key=new_key(),
    )
    return shown, status


def _plate_page(seen: Seen, typed: Typed, wrong: Wrong | None = None, *, stale: bool = False) -> str:
    charge = seen.document
    lot = load_parking("lots", charge["lot_id"])
    back = _url(charge["lot_id"])
    screen = Screen(
        title=_("Whose car it is at %(bay)s", bay=charge["bay"]),
        submit=_("Save"),
        crumbs=[*crumbs_of(lot), (_("Charging"), back)],
        back=back,
        lead=_("What the car owes follows at once, while it is inside."),
        guarded=seen,
        facts=_facts(charge),
    )
    return form_page(screen, [("", (_PLATE,))], typed, wrong, stale=stale)


def _facts(charge: Json) -> list[tuple[object, object]]:
    said = [
        (_("Bay"), charge["bay"]),
        (_("Charging point"), charge["device_code"]),
        (_("Known so far"), charge["plate"] or _("nobody knows whose car it is")),
    ]
    times = (
        (_("Charging since"), "started_at"),
        (_("Charging ended"), "ended_at"),
        (_("Bay free since"), "freed_at"),
    )
    return [*said, *((label, moment(charge[name])) for label, name in times if charge[name])]
