"""The lanes of a car park as they are now: what stood there, what it was answered, and opening by hand."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.portal.asking import Seen, Wrong
from gateway.portal.controls import Control, Typed, read, typed_in
from gateway.portal.i18n import say
from gateway.portal.parking.asking import load_parking, load_seen, parking_path, send
from gateway.portal.parking.operating.access import operators_only, runs_car_parks, watchers_only
from gateway.portal.parking.operating.describing import crumbs_of
from gateway.portal.parking.operating.forms import Answer, Screen, answered, done, form_page

pages = Blueprint("operating_live", __name__)

_SHOWN = "12"
"""So many of the events received last are listed."""
_LANES = "100"
_OPEN = (
    Control("reason", _l("Reason"), "area", hint=_l("It is kept with your name."), most=400),
    Control(
        "plate",
        _l("Number plate or ticket (optional)"),
        hint=_l("Of the car that goes through: its stay begins or ends. Left empty, the barrier just opens."),
        most=32,
        width="short",
    ),
)


@pages.get("/parking/operating/<uuid:lot_id>/live")
@watchers_only
def index(lot_id: UUID) -> str:
    """The newest events lane by lane; the page looks again by itself where scripts run.

    What is told late stands among those received last, and displaces no car that waits now.
    """
    lot = load_parking("lots", lot_id)
    latest = load_parking("lots", lot_id, "events", latest="true", limit=_LANES)["items"]
    return render_template(
        "portal/parking/operating/live.html",
        lot=lot,
        lanes={lane["id"]: lane for lane in lot["lanes"]},
        events=load_parking("lots", lot_id, "events", limit=_SHOWN)["items"],
        newest={event["lane_id"]: event for event in latest},
        alarms=load_parking("lots", lot_id, "alarms", open="true", limit="100"),
        runs=runs_car_parks(),
        done=done(),
    )


@pages.get("/parking/operating/<uuid:lot_id>/events")
@watchers_only
def events(lot_id: UUID) -> str:
    """What was told and answered; lane and plate are in the address."""
    lot = load_parking("lots", lot_id)
    lanes = {lane["id"]: lane for lane in lot["lanes"]}
    lane, plate = request.args.get("lane_id", ""), request.args.get("plate", "").strip()
    filters = {"lane_id": lane if lane in lanes else "", "plate": plate[:32]}
    cursor = request.args.get("cursor")
    return render_template(
        "portal/parking/operating/events.html",
        lot=lot,
        lanes=lanes,
        page=load_parking("lots", lot_id, "events", cursor=cursor, **filters),
        filters=filters,
        first_page=not cursor,
    )


@pages.get("/parking/operating/lanes/<uuid:lane_id>/open")
@operators_only
def ask_open(lane_id: UUID) -> str:
    """The form for opening a barrier by hand."""
    return _open_page(load_seen("lanes", lane_id), {})


@pages.post("/parking/operating/lanes/<uuid:lane_id>/open")
@operators_only
def open_by_hand(lane_id: UUID) -> Answer:
    """Open it, for a reason that is kept."""
    seen = load_seen("lanes", lane_id)
    typed = typed_in(_OPEN, request.form)
    body, own = read(_OPEN, typed)
    return answered(
        send("POST", parking_path("lanes", lane_id, "open"), body),
        _OPEN,
        own,
        lambda wrong, _stale: _open_page(seen, typed, wrong),
        lambda _opened: _live_url(seen.document["lot_id"], "opened"),
    )


def _live_url(lot_id: str, said: str | None = None) -> str:
    return url_for("portal.operating_live.index", lot_id=lot_id, done=said)


def _open_page(seen: Seen, typed: Typed, wrong: Wrong | None = None) -> str:
    lane = seen.document
    back = _live_url(lane["lot_id"])
    screen = Screen(
        title=_("Open %(lane)s by hand", lane=say(lane["name"])),
        submit=_("Open the barrier now"),
        crumbs=[*crumbs_of(load_parking("lots", lane["lot_id"])), (_("Live lanes"), back)],
        back=back,
        lead=_("A car that is named goes through whatever the rules would answer; what it owes stays owed."),
        danger=True,
    )
    return form_page(screen, [("", _OPEN)], typed, wrong)
