"""The stays of cars: looking for one, what it costs line by line, and taking cash for it."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.portal.asking import Wrong
from gateway.portal.context import Json
from gateway.portal.controls import Control, Typed, read, typed_in
from gateway.portal.i18n import moment, yuan
from gateway.portal.money import yuan_of
from gateway.portal.parking.asking import load_parking, parking_path, send
from gateway.portal.parking.charging import charges_of
from gateway.portal.parking.operating.access import operators_only, runs_car_parks, watchers_only
from gateway.portal.parking.operating.describing import crumbs_of
from gateway.portal.parking.operating.forms import Answer, Screen, answered, done, form_page
from shared.http.state import current_runtime

pages = Blueprint("operating_stays", __name__)

_STATES = ("inside", "left", "exit_missed", "entry_missed")
_CASH = (
    Control("amount_fen", _l("Amount taken"), "yuan", suffix=_l("yuan"), width="short"),
    Control(
        "receipt",
        _l("Number of the paper receipt"),
        hint=_l("It counts once in its car park."),
        most=40,
        width="short",
    ),
    Control("reason", _l("Remark (optional)"), width="long"),
)


@pages.get("/parking/operating/<uuid:lot_id>/stays")
@watchers_only
def index(lot_id: UUID) -> str:
    """The stays in a car park; state and plate are in the address."""
    state, plate = request.args.get("state", ""), request.args.get("plate", "").strip()
    filters = {"state": state if state in _STATES else "", "plate": plate[:32]}
    cursor = request.args.get("cursor")
    lot = load_parking("lots", lot_id)
    return render_template(
        "portal/parking/operating/stays.html",
        lot=lot,
        zones={zone["id"]: zone for zone in lot["zones"]},
        page=load_parking("stays", lot=lot["code"], cursor=cursor, **filters),
        filters=filters,
        first_page=not cursor,
    )


@pages.get("/parking/operating/stays/<uuid:stay_id>")
@watchers_only
def show(stay_id: UUID) -> str:
    """One stay with its times at charging points and what it costs."""
    stay = load_parking("stays", stay_id)
    lot = load_parking("lots", stay["lot_id"])
    now = current_runtime().clock.now()
    return render_template(
        "portal/parking/operating/stay.html",
        stay=stay,
        now=now.isoformat(),
        charges=charges_of(reversed(stay["charging"]), now),
        lot=lot,
        zone=next((zone for zone in lot["zones"] if zone["id"] == stay["zone_id"]), None),
        events=load_parking("lots", lot["id"], "events", plate=stay["plate"], limit="20")["items"],
        lanes={lane["id"]: lane for lane in lot["lanes"]},
        runs=runs_car_parks(),
        done=done(),
    )


@pages.get("/parking/operating/stays/<uuid:stay_id>/cash")
@operators_only
def ask_cash(stay_id: UUID) -> str:
    """The form for money that was taken at the booth, with what is due filled in."""
    stay = load_parking("stays", stay_id)
    due = stay["cost"]["due_fen"]
    return _cash_page(stay, {"amount_fen": yuan_of(due).removesuffix(".00") if due else ""})


@pages.post("/parking/operating/stays/<uuid:stay_id>/cash")
@operators_only
def take_cash(stay_id: UUID) -> Answer:
    """Enter it."""
    typed = typed_in(_CASH, request.form)
    body, own = read(_CASH, typed)
    return answered(
        send("POST", parking_path("stays", stay_id, "cash"), body),
        _CASH,
        own,
        lambda wrong, _stale: _cash_page(load_parking("stays", stay_id), typed, wrong),
        lambda _payment: url_for("portal.operating_stays.show", stay_id=stay_id, done="cash"),
    )


def _cash_page(stay: Json, typed: Typed, wrong: Wrong | None = None) -> str:
    back = url_for("portal.operating_stays.show", stay_id=stay["id"])
    lot = {"id": stay["lot_id"], "name": stay["lot_name"]}
    screen = Screen(
        title=_("Take cash"),
        submit=_("Enter the cash"),
        crumbs=[*crumbs_of(lot), (stay["plate"], back)],
        back=back,
        lead=_("All that is due, or a part of it."),
        facts=[
            (_("Plate"), stay["plate"]),
            (_("Came in"), moment(stay["entered_at"]) if stay["entered_at"] else _("nobody knows")),
            (_("Due, yuan"), yuan(stay["cost"]["due_fen"])),
        ],
    )
    return form_page(screen, [("", _CASH)], typed, wrong)
