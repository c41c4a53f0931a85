"""Bays of firms: the rules that grant them zone by zone, what each firm has, and what is short."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import NotFound

from gateway.portal.asking import CONFLICT, INVALID, Seen, Wrong, errors_of, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Control, Option, Typed, read, typed_in
from gateway.portal.i18n import say
from gateway.portal.parking.asking import load_parking, parking_path, send
from gateway.portal.parking.operating.access import operators_only, runs_car_parks, watchers_only
from gateway.portal.parking.operating.describing import crumbs_of
from gateway.portal.parking.operating.forms import Answer, Screen, answered, done, form_page, new_key
from gateway.portal.services import answer_of

pages = Blueprint("operating_quotas", __name__)

_BAYS = Control("bays", _l("Bays for each active firm"), "whole", hint=_l("0 for none."), width="short")


@pages.get("/parking/operating/<uuid:lot_id>/quotas")
@watchers_only
def index(lot_id: UUID) -> str:
    """The rules of a car park and the bays of firms in it."""
    return _page(load_parking("lots", lot_id), {}, Wrong())


@pages.post("/parking/operating/<uuid:lot_id>/quotas")
@operators_only
def grant(lot_id: UUID) -> Answer:
    """Give every active firm bays of a zone."""
    lot = load_parking("lots", lot_id)
    controls = _controls(lot, ())
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    response = send("POST", parking_path("quota-rules"), body)
    if response.status in (INVALID, CONFLICT):
        return _page(lot, typed, wrong_of(errors_of(response), controls, own)), response.status
    answer_of(response)
    return redirect(url_for("portal.operating_quotas.index", lot_id=lot_id, done="granted"), code=303)


@pages.get("/parking/operating/quota-rules/<uuid:zone_id>")
@operators_only
def edit(zone_id: UUID) -> str:
    """The form for another number of bays."""
    rule = _rule(zone_id)
    return _edit_page(rule, {_BAYS.name: str(rule["bays"])})


@pages.post("/parking/operating/quota-rules/<uuid:zone_id>")
@operators_only
def change(zone_id: UUID) -> Answer:
    """Give every active firm another number of bays."""
    typed = typed_in((_BAYS,), request.form)
    body, own = read((_BAYS,), typed)
    return answered(
        send("PUT", parking_path("quota-rules", zone_id), body),
        (_BAYS,),
        own,
        lambda wrong, stale: _edit_page(_rule(zone_id), typed, wrong, stale=stale),
        lambda rule: url_for("portal.operating_quotas.index", lot_id=rule["lot_id"], done="changed"),
    )


def _rule(zone_id: UUID) -> Json:
    for rule in load_parking("quota-rules")["items"]:
        if rule["zone_id"] == str(zone_id):
            found: Json = rule
            return found
    raise NotFound


def _controls(lot: Json, ruled: tuple[str, ...]) -> tuple[Control, ...]:
    zones = tuple(Option(zone["id"], zone["name"]) for zone in lot["zones"] if zone["id"] not in ruled)
    return (Control("zone_id", _l("Zone"), "choice", options=zones), _BAYS)


def _page(lot: Json, typed: Typed, wrong: Wrong) -> str:
    rules = [each for each in load_parking("quota-rules")["items"] if each["lot_id"] == lot["id"]]
    cursor = request.args.get("cursor")
    return render_template(
        "portal/parking/operating/quotas.html",
        lot=lot,
        rules=rules,
        page=load_parking("quotas", lot=lot["code"], cursor=cursor),
        first_page=not cursor,
        runs=runs_car_parks(),
        controls=_controls(lot, tuple(each["zone_id"] for each in rules)),
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        done=done(),
        idempotency_key=new_key(),
    )


def _edit_page(rule: Json, typed: Typed, wrong: Wrong | None = None, *, stale: bool = False) -> str:
    back = url_for("portal.operating_quotas.index", lot_id=rule["lot_id"])
    screen = Screen(
        title=_("Bays of firms in %(zone)s", zone=say(rule["zone_name"])),
        submit=_("Save"),
        crumbs=[*crumbs_of({"id": rule["lot_id"], "name": rule["lot_name"]}), (_("Bays of firms"), back)],
        back=back,
        lead=_("It is done soon after, firm by firm. What is withdrawn is free for others at once."),
        guarded=Seen(rule, str(rule["version"])),
    )
    return form_page(screen, [("", (_BAYS,))], typed, wrong, stale=stale)
