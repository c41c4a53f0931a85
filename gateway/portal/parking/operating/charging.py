"""Charging points (充电桩) of a zone with the cars that stand there, and adding one."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from gateway.portal.asking import INVALID, STALE, Seen, Wrong, errors_of, version_shown, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Control, Option, Typed, read, typed_in
from gateway.portal.parking.asking import load_parking, load_seen, parking_path, send
from gateway.portal.parking.charging import charges_of
from gateway.portal.parking.operating.access import operators_only
from gateway.portal.parking.operating.describing import crumbs_of
from gateway.portal.parking.operating.devices import page_with_secret
from gateway.portal.parking.operating.forms import REFUSED, Answer, new_key
from shared.http.state import current_runtime

pages = Blueprint("operating_charging", __name__)

ZONE_KIND = "charging"
_MOST = "100"
_BAY = "bay_id"


@pages.get("/parking/operating/zones/<uuid:zone_id>/charging-points")
@operators_only
def index(zone_id: UUID) -> str:
    """The charging points of a zone and what each of them does, and the form for another one."""
    return _page(_seen(zone_id), {}, Wrong())


@pages.post("/parking/operating/zones/<uuid:zone_id>/charging-points")
@operators_only
def add(zone_id: UUID) -> Answer:
    """Add one; its secret is on the page that answers, and nowhere else ever again."""
    controls = _controls(zone_id)
    typed = typed_in(controls, request.form)
    if typed[_BAY] not in {each.value for each in controls[0].options}:
        own = {f"/{_BAY}": _("Choose a bay")}
        if not typed["code"]:
            own["/code"] = _("Enter a short code")
        return _page(_seen(zone_id), typed, wrong_of((), controls, own)), INVALID
    body, own = read(controls[1:], typed)
    response = send("POST", parking_path("bays", typed[_BAY], "charging-points"), body)
    if response.status in REFUSED:
        stale = response.status == STALE
        wrong = Wrong() if stale else wrong_of(errors_of(response), controls, own)
        return _page(_seen(zone_id), typed, wrong, stale=stale), response.status
    return page_with_secret(response)


def _seen(zone_id: UUID) -> Seen:
    seen = load_seen("zones", zone_id)
    if seen.document["kind"] != ZONE_KIND:
        raise NotFound
    return seen


def _controls(zone_id: UUID | str) -> tuple[Control, ...]:
    """The bays that have no charging point yet, and the code of the one that is added."""
    taken = {each["bay"]["id"] for each in _all(zone_id, "charging-points")}
    bays = [each for each in _all(zone_id, "bays") if each["id"] not in taken]
    return (
        Control(
            _BAY,
            _l("Bay"),
            "choice",
            options=tuple(Option(each["id"], each["number"]) for each in bays),
            blank=_l("Choose a bay"),
            width="short",
        ),
        Control(
            "code",
            _l("Short code"),
            hint=_l("By which it says who it is; one a device of the park."),
            most=32,
            width="short",
        ),
    )


def _all(zone_id: UUID | str, what: str) -> list[Json]:
    """All pages of something of a zone."""
    found: list[Json] = []
    cursor: str | None = None
    while True:
        page = load_parking("zones", zone_id, what, limit=_MOST, cursor=cursor)
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found


def _page(seen: Seen, typed: Typed, wrong: Wrong, *, stale: bool = False) -> str:
    zone = seen.document
    lot = load_parking("lots", zone["lot_id"])
    cursor = request.args.get("cursor")
    page = load_parking("zones", zone["id"], "charging-points", cursor=cursor)
    now = current_runtime().clock.now()
    return render_template(
        "portal/parking/operating/charging_points.html",
        zone=zone,
        lot=lot,
        crumbs=crumbs_of(lot),
        points=[(each, charges_of(filter(None, [each["charge"]]), now)) for each in page["items"]],
        next=page["next"],
        first_page=not cursor,
        controls=_controls(zone["id"]),
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        stale=stale,
        version=version_shown(seen, stale),
        idempotency_key=new_key(),
    )
