"""The zones of a car park and the numbers of their bays."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.portal.asking import STALE, Seen, Wrong, errors_of, version_shown, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Control, Typed, read, shown, typed_in
from gateway.portal.machines.describing import options_of
from gateway.portal.parking.asking import load_parking, load_seen, lot_path, parking_path, send
from gateway.portal.parking.operating.access import operators_only, runs_car_parks, watchers_only
from gateway.portal.parking.operating.describing import crumbs_of
from gateway.portal.parking.operating.forms import (
    REFUSED,
    Answer,
    Screen,
    answered,
    bilingual,
    done,
    form_page,
    new_key,
)
from gateway.portal.parking.operating.in_the_way import said_of
from gateway.portal.parking.operating.lots import lot_url
from gateway.portal.services import answer_of

pages = Blueprint("operating_zones", __name__)

_ZONE = (
    Control("name.zh", _l("Name in Chinese"), most=120),
    Control("name.en", _l("Name in English"), most=120),
    Control("capacity", _l("How many cars it holds"), "whole", width="short"),
)
_BAYS = (
    Control("prefix", _l("Before each number (optional)"), hint=_l("Such as A-"), most=8, width="short"),
    Control("first", _l("First number"), "whole", width="short"),
    Control("last", _l("Last number"), "whole", width="short"),
    Control(
        "digits",
        _l("Digits at least"),
        "whole",
        hint=_l("3: zeros stand before shorter numbers, 007."),
        width="short",
    ),
    Control("accessible", _l("Kept for disabled people"), "flag"),
)
_USUAL_BAYS: Typed = {"first": "1", "digits": "3"}


@pages.get("/parking/operating/<uuid:lot_id>/zones/add")
@operators_only
def ask(lot_id: UUID) -> str:
    """The form for a zone."""
    return _add_page(load_seen("lots", lot_id), {})


@pages.post("/parking/operating/<uuid:lot_id>/zones/add")
@operators_only
def add(lot_id: UUID) -> Answer:
    """Add a zone."""
    controls = _new_zone()
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    return answered(
        send("POST", lot_path(lot_id, "zones"), bilingual(body, "name")),
        controls,
        own,
        lambda wrong, stale: _add_page(load_seen("lots", lot_id), typed, wrong, stale=stale),
        lambda _zone: lot_url(lot_id, "zone-added"),
    )


@pages.get("/parking/operating/zones/<uuid:zone_id>/edit")
@operators_only
def edit(zone_id: UUID) -> str:
    """The form for another name or more or fewer cars."""
    seen = load_seen("zones", zone_id)
    return _edit_page(seen, shown(_ZONE, seen.document))


@pages.post("/parking/operating/zones/<uuid:zone_id>/edit")
@operators_only
def change(zone_id: UUID) -> Answer:
    """Change a zone; what stands in the way of fewer bays is listed."""
    typed = typed_in(_ZONE, request.form)
    body, own = read(_ZONE, typed)
    seen = load_seen("zones", zone_id)
    return answered(
        send("PUT", parking_path("zones", zone_id), bilingual(body, "name")),
        _ZONE,
        own,
        lambda wrong, stale: _edit_page(seen, typed, wrong, stale=stale),
        lambda zone: lot_url(zone["lot_id"], "zone-changed"),
        said_of,
    )


@pages.get("/parking/operating/zones/<uuid:zone_id>/bays")
@watchers_only
def bays(zone_id: UUID) -> str:
    """The bays of a zone that have numbers, and the form for more."""
    return _bays_page(load_seen("zones", zone_id), _USUAL_BAYS, Wrong())


@pages.post("/parking/operating/zones/<uuid:zone_id>/bays")
@operators_only
def add_bays(zone_id: UUID) -> Answer:
    """Give bays numbers in a row."""
    typed = typed_in(_BAYS, request.form)
    body, own = read(_BAYS, typed)
    response = send("POST", parking_path("zones", zone_id, "bays"), body)
    if response.status in REFUSED:
        stale = response.status == STALE
        wrong = Wrong() if stale else wrong_of(errors_of(response), _BAYS, own)
        return _bays_page(load_seen("zones", zone_id), typed, wrong, stale=stale), response.status
    answer_of(response)
    return redirect(url_for("portal.operating_zones.bays", zone_id=zone_id, done="added"), code=303)


def _new_zone() -> tuple[Control, ...]:
    kinds = options_of(load_parking("codes")["zone_kinds"])
    return (
        Control(
            "code",
            _l("Short code"),
            hint=_l("One a zone of the car park, such as A."),
            most=16,
            width="short",
        ),
        *_ZONE,
        Control("kind", _l("Kind of bays"), "choice", options=kinds, width="short"),
    )


def _add_page(seen: Seen, typed: Typed, wrong: Wrong | None = None, *, stale: bool = False) -> str:
    screen = Screen(
        title=_("Add a zone"),
        submit=_("Add the zone"),
        crumbs=crumbs_of(seen.document),
        back=lot_url(seen.document["id"]),
        lead=_("Bays that can stand for one another: reservations, passes and drive-ins share its room."),
        guarded=seen,
    )
    return form_page(screen, [("", _new_zone())], typed, wrong, stale=stale)


def _edit_page(seen: Seen, typed: Typed, wrong: Wrong | None = None, *, stale: bool = False) -> str:
    lot = _lot_of(seen.document)
    screen = Screen(
        title=_("Change zone %(code)s", code=seen.document["code"]),
        submit=_("Save"),
        crumbs=crumbs_of(lot),
        back=lot_url(lot["id"]),
        lead=_("Fewer bays are refused where reservations, passes or bays of firms need them."),
        guarded=seen,
    )
    return form_page(screen, [("", _ZONE)], typed, wrong, stale=stale)


def _lot_of(zone: Json) -> Json:
    return load_parking("lots", zone["lot_id"])


def _bays_page(seen: Seen, typed: Typed, wrong: Wrong, *, stale: bool = False) -> str:
    zone = seen.document
    cursor = request.args.get("cursor")
    lot = _lot_of(zone)
    return render_template(
        "portal/parking/operating/bays.html",
        zone=zone,
        lot=lot,
        crumbs=crumbs_of(lot),
        page=load_parking("zones", zone["id"], "bays", cursor=cursor, limit="100"),
        first_page=not cursor,
        runs=runs_car_parks(),
        controls=_BAYS,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        stale=stale,
        done=done(),
        version=version_shown(seen, stale),
        idempotency_key=new_key(),
    )
