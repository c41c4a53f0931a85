"""The devices at lanes and at charging bays: what they are, whether they are believed, and their secrets."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.clients import ApiResponse
from gateway.portal.asking import CONFLICT, STALE, Seen, Wrong, errors_of, wrong_of
from gateway.portal.controls import Control, Typed, read, typed_in
from gateway.portal.machines.describing import options_of
from gateway.portal.parking.asking import load_parking, load_seen, parking_path, send
from gateway.portal.parking.operating.access import operators_only
from gateway.portal.parking.operating.describing import crumbs_of
from gateway.portal.parking.operating.forms import REFUSED, Answer, Screen, done, form_page, new_key
from gateway.portal.parking.operating.lots import lot_url
from gateway.portal.services import answer_of

pages = Blueprint("operating_devices", __name__)

CHARGER = "charger"
"""The kind of a device that stands at a bay; the others stand at lanes."""


@pages.get("/parking/operating/lanes/<uuid:lane_id>/devices/add")
@operators_only
def ask(lane_id: UUID) -> str:
    """The form for a device at a lane."""
    return _form(load_seen("lanes", lane_id), {})


@pages.post("/parking/operating/lanes/<uuid:lane_id>/devices/add")
@operators_only
def add(lane_id: UUID) -> Answer:
    """Add a device; its secret is on the page that answers, and nowhere else ever again."""
    controls = _controls()
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    response = send("POST", parking_path("lanes", lane_id, "devices"), body)
    if response.status in REFUSED:
        stale = response.status == STALE
        wrong = Wrong() if stale else wrong_of(errors_of(response), controls, own)
        return _form(load_seen("lanes", lane_id), typed, wrong, stale=stale), response.status
    return page_with_secret(response)


@pages.get("/parking/operating/devices/<uuid:device_id>")
@operators_only
def show(device_id: UUID) -> str:
    """A device, and whether it is believed."""
    return _page(load_seen("devices", device_id))


@pages.post("/parking/operating/devices/<uuid:device_id>/<any(disable, enable):verb>")
@operators_only
def switch(device_id: UUID, verb: str) -> Answer:
    """Believe it no more, or again."""
    response = send("POST", parking_path("devices", device_id, verb), {})
    if response.status in (CONFLICT, STALE):
        return _page(load_seen("devices", device_id), stale=True), response.status
    answer_of(response)
    return redirect(url_for("portal.operating_devices.show", device_id=device_id, done=verb), code=303)


@pages.post("/parking/operating/devices/<uuid:device_id>/renew-secret")
@operators_only
def renew(device_id: UUID) -> Answer:
    """Another secret, which is on the page that answers alone."""
    response = send("POST", parking_path("devices", device_id, "renew-secret"), {})
    if response.status == STALE:
        return _page(load_seen("devices", device_id), stale=True), STALE
    return page_with_secret(response)


def _controls() -> tuple[Control, ...]:
    at_lanes = [each for each in load_parking("codes")["device_kinds"] if each["code"] != CHARGER]
    hint = _l("By which it says who it is; one a device of the park.")
    return (
        Control("code", _l("Short code"), hint=hint, most=32),
        Control("kind", _l("Kind of device"), "choice", options=options_of(at_lanes)),
    )


def _form(seen: Seen, typed: Typed, wrong: Wrong | None = None, *, stale: bool = False) -> str:
    lot = load_parking("lots", seen.document["lot_id"])
    screen = Screen(
        title=_("Add a device"),
        submit=_("Add the device"),
        crumbs=crumbs_of(lot),
        back=lot_url(lot["id"]),
        lead=_(
            "At lane %(code)s. The next page shows its secret, once: have it ready to be typed in.",
            code=seen.document["code"],
        ),
        guarded=seen,
    )
    return form_page(screen, [("", _controls())], typed, wrong, stale=stale)


def page_with_secret(response: ApiResponse) -> str:
    """The page of a device that has a new secret, which is shown on this page alone."""
    made = answer_of(response)
    return _page(Seen(made, response.headers.get("ETag", "").strip('"')), secret=made["secret"])


def _page(seen: Seen, *, secret: str = "", stale: bool = False) -> str:
    found = seen.document
    lane = load_parking("lanes", found["lane_id"]) if found["lane_id"] else None
    bay = load_parking("bays", found["bay_id"]) if found["bay_id"] else None
    place = lane or bay or {}
    lot = load_parking("lots", place["lot_id"])
    return render_template(
        "portal/parking/operating/device.html",
        device=found,
        lane=lane,
        bay=bay,
        lot=lot,
        crumbs=crumbs_of(lot),
        version=seen.version,
        secret=secret,
        stale=stale,
        done=done(),
        idempotency_key=new_key(),
    )
