"""The lanes of a car park."""

from uuid import UUID

import segno
from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from gateway.portal.asking import Seen, Wrong, renamed
from gateway.portal.context import Json
from gateway.portal.controls import Control, Option, Typed, read, typed_in
from gateway.portal.i18n import say
from gateway.portal.parking.asking import load_parking, load_seen, lot_path, parking_path, send
from gateway.portal.parking.operating.access import operators_only
from gateway.portal.parking.operating.describing import crumbs_of
from gateway.portal.parking.operating.forms import (
    Answer,
    Screen,
    answered,
    bilingual,
    form_page,
)
from gateway.portal.parking.operating.lots import lot_url

pages = Blueprint("operating_lanes", __name__)

_NAMES = (
    Control("name.zh", _l("Name in Chinese"), most=120),
    Control("name.en", _l("Name in English"), most=120),
)
_NEW = (
    Control(
        "code", _l("Short code"), hint=_l("One a lane of the car park, such as E1."), most=16, width="short"
    ),
    Control(
        "direction",
        _l("Direction"),
        "choice",
        options=(Option("in", _l("Way in")), Option("out", _l("Way out"))),
        width="short",
    ),
)


@pages.get("/parking/operating/<uuid:lot_id>/lanes/add")
@operators_only
def ask(lot_id: UUID) -> str:
    """The form for a lane."""
    return _add_page(load_seen("lots", lot_id), {})


@pages.post("/parking/operating/<uuid:lot_id>/lanes/add")
@operators_only
def add(lot_id: UUID) -> Answer:
    """Add a lane."""
    seen = load_seen("lots", lot_id)
    controls = (*_NEW, *_NAMES, *_metres(seen.document))
    typed = typed_in(controls, request.form)
    body, own, names = _read(controls, typed)
    return answered(
        send("POST", lot_path(lot_id, "lanes"), body),
        controls,
        own,
        lambda wrong, stale: _add_page(seen, typed, wrong, stale=stale),
        lambda _lane: lot_url(lot_id, "lane-added"),
        lambda errors: renamed(errors, names),
    )


@pages.get("/parking/operating/lanes/<uuid:lane_id>/edit")
@operators_only
def edit(lane_id: UUID) -> str:
    """The form for another name or other distances."""
    seen = load_seen("lanes", lane_id)
    lane = seen.document
    typed: Typed = {f"name.{language}": lane["name"][language] for language in ("zh", "en")}
    typed |= {f"metres.{each['zone_id']}": str(each["metres"]) for each in lane["metres"]}
    return _edit_page(seen, load_parking("lots", lane["lot_id"]), typed)


@pages.post("/parking/operating/lanes/<uuid:lane_id>/edit")
@operators_only
def change(lane_id: UUID) -> Answer:
    """Change a lane."""
    seen = load_seen("lanes", lane_id)
    lot = load_parking("lots", seen.document["lot_id"])
    controls = (*_NAMES, *_metres(lot))
    typed = typed_in(controls, request.form)
    body, own, names = _read(controls, typed)
    return answered(
        send("PUT", parking_path("lanes", lane_id), body),
        controls,
        own,
        lambda wrong, stale: _edit_page(seen, lot, typed, wrong, stale=stale),
        lambda lane: lot_url(lane["lot_id"], "lane-changed"),
        lambda errors: renamed(errors, names),
    )


@pages.get("/parking/operating/lanes/<uuid:lane_id>/code")
@operators_only
def code(lane_id: UUID) -> str:
    """The code for drivers of cars without a number plate, to be printed and put up at the lane."""
    lane, url = load_parking("lanes", lane_id), load_parking("lanes", lane_id, "code")["url"]
    lot = load_parking("lots", lane["lot_id"])
    drawn = segno.make_qr(url, error="m", boost_error=False).svg_inline(
        scale=8, omitsize=True, svgclass="ym-code", lineclass=None
    )
    return render_template(
        "portal/parking/operating/lane_code.html",
        lane=lane,
        lot=lot,
        crumbs=crumbs_of(lot),
        url=url,
        drawn=Markup(drawn),  # noqa: S704 - made here, of an address that the service has signed
    )


def _metres(lot: Json) -> tuple[Control, ...]:
    return tuple(
        Control(
            f"metres.{zone['id']}",
            _("Metres to zone %(code)s (%(name)s)", code=zone["code"], name=say(zone["name"])),
            "whole",
            suffix=_l("m"),
            most=6,
        )
        for zone in lot["zones"]
    )


def _read(controls: tuple[Control, ...], typed: Typed) -> tuple[Json, dict[str, str], dict[str, str]]:
    """The request, the page's own sentences, and the names of controls by those of parts of the request."""
    body, own = read(controls, typed)
    metres: Json = body.pop("metres", {})
    names = {f"metres.{number}": f"metres.{zone}" for number, zone in enumerate(metres)}
    body["metres"] = [{"zone_id": zone, "metres": far} for zone, far in metres.items()]
    return bilingual(body, "name"), own, names


def _add_page(seen: Seen, typed: Typed, wrong: Wrong | None = None, *, stale: bool = False) -> str:
    screen = Screen(
        title=_("Add a lane"),
        submit=_("Add the lane"),
        crumbs=crumbs_of(seen.document),
        back=lot_url(seen.document["id"]),
        lead=_("A car is sent to the nearest zone that has room; a zone without a distance is not offered."),
        guarded=seen,
    )
    sections = [("", (*_NEW, *_NAMES)), (_("How far the zones are"), _metres(seen.document))]
    return form_page(screen, sections, typed, wrong, stale=stale)


def _edit_page(
    seen: Seen, lot: Json, typed: Typed, wrong: Wrong | None = None, *, stale: bool = False
) -> str:
    screen = Screen(
        title=_("Change lane %(code)s", code=seen.document["code"]),
        submit=_("Save"),
        crumbs=crumbs_of(lot),
        back=lot_url(lot["id"]),
        lead=_("A car is sent to the nearest zone that has room; a zone without a distance is not offered."),
        guarded=seen,
    )
    sections = [("", _NAMES), (_("How far the zones are"), _metres(lot))]
    return form_page(screen, sections, typed, wrong, stale=stale)
