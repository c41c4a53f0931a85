"""Merchant coupons (减免券): making them, handing them out as codes, and giving one to a car."""

from datetime import timedelta
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.portal.asking import CONFLICT, INVALID, Wrong, errors_of, wrong_of
from gateway.portal.context import Json, current_person
from gateway.portal.controls import Control, Option, Typed, local_of, read, typed_in
from gateway.portal.machines.access import firms_of, members_only
from gateway.portal.parking.asking import load_parking, parking_path, send
from gateway.portal.parking.codes import drawn, outside
from gateway.portal.parking.paying import TICKET, unanswered
from gateway.portal.parking.places import lot_control, lots_to_pay_in, named_lot, open_lots
from gateway.portal.parking.plates import own_cars, plate_control
from gateway.portal.services import answer_of
from shared.http.state import current_runtime

pages = Blueprint("parking_coupons", __name__)

Answer = str | Response | tuple[str, int]

_FORBIDDEN, _NOT_FOUND = 403, 404
_VALID = timedelta(days=30)
_A_SHEET = "24"
_USED = ("true", "false")
_GIVES = (
    Control("name.zh", _l("Name in Chinese"), most=60),
    Control("name.en", _l("Name in English"), most=60),
    Control("minutes", _l("Free minutes"), "whole", width="short"),
    Control(
        "fen",
        _l("or an amount off"),
        "yuan",
        hint=_l("Fill in one of the two."),
        suffix=_l("yuan"),
        width="short",
    ),
    Control("valid_until", _l("Valid until"), "moment", required=True, width="short"),
    Control("count", _l("How many"), "whole", hint=_l("100 at most at once."), width="short"),
)


@pages.get("/parking/coupons")
@members_only
def index() -> str:
    """The coupons of the reader's firms and which of them were used; the filter is in the address."""
    asked = request.args.get("used", "")
    filters = {"used": asked if asked in _USED else ""}
    cursor = request.args.get("cursor")
    return render_template(
        "portal/parking/coupons.html",
        page=load_parking("coupons", cursor=cursor, **filters),
        filters=filters,
        first_page=not cursor,
        done=request.args.get("done", ""),
    )


@pages.get("/parking/coupons/new")
@members_only
def ask() -> str:
    """The form for some."""
    controls = _controls()
    until = current_runtime().clock.now() + _VALID
    typed = {each.name: "" for each in controls} | {
        "lot_id": named_lot(open_lots()),
        "giver": firms_of(current_person())[0]["uscc"],
        "valid_until": local_of(until.isoformat()),
        "count": "10",
    }
    return _form(controls, typed, Wrong())


@pages.post("/parking/coupons/new")
@members_only
def make() -> Answer:
    """Make them; they stand first in the list."""
    controls = _controls()
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    response = send("POST", parking_path("coupons"), body)
    if response.status in (INVALID, CONFLICT, _FORBIDDEN):
        return _form(controls, typed, wrong_of(errors_of(response), controls, own)), response.status
    answer_of(response)
    return redirect(url_for("portal.parking_coupons.index", used="false", done="made"), code=303)


@pages.get("/parking/coupons/sheet")
@members_only
def sheet() -> str:
    """Coupons that were not used, as codes to be printed and handed out."""
    cursor = request.args.get("cursor")
    page = load_parking("coupons", cursor=cursor, used="false", limit=_A_SHEET)
    return render_template(
        "portal/parking/coupon_sheet.html",
        page=page,
        codes={each["code"]: drawn(_address(each)) for each in page["items"]},
        lots={each["id"]: each["name"] for each in lots_to_pay_in()},
        first_page=not cursor,
    )


@pages.get("/parking/coupons/<code>")
def ask_use(code: str) -> str:
    """The form by which whoever has a coupon gives it to a car; no sign-in."""
    lots = lots_to_pay_in()
    typed = {"lot_id": named_lot(lots), "plate": "", "ticket": ""}
    return _use_page(code, _car(lots), typed, Wrong())


@pages.post("/parking/coupons/<code>")
def use(code: str) -> Answer:
    """Give it to the car; what is to be paid then is told."""
    controls = _car(lots_to_pay_in())
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    own |= unanswered(typed)
    if own:
        return _use_page(code, controls, typed, wrong_of((), controls, own)), INVALID
    response = send("POST", parking_path("coupons", code, "apply"), body)
    if response.status in (INVALID, CONFLICT, _NOT_FOUND):
        return _use_page(code, controls, typed, wrong_of(errors_of(response), controls)), response.status
    return render_template("portal/parking/coupon_used.html", given=answer_of(response), typed=typed)


def _controls() -> tuple[Control, ...]:
    firms = tuple(Option(firm["uscc"], firm["name"]) for firm in firms_of(current_person()))
    giver = Control("giver", _l("Firm that gives them"), "choice", options=firms)
    return (giver, lot_control(open_lots()), *_GIVES)


def _car(lots: list[Json]) -> tuple[Control, ...]:
    return (lot_control(lots), plate_control(own_cars()), TICKET)


def _address(coupon: Json) -> str:
    return outside(url_for("portal.parking_coupons.ask_use", code=coupon["code"], lot=coupon["lot_id"]))


def _form(controls: tuple[Control, ...], typed: Typed, wrong: Wrong) -> str:
    return render_template(
        "portal/parking/coupon_new.html",
        controls=controls,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        idempotency_key=str(uuid4()),
    )


def _use_page(code: str, controls: tuple[Control, ...], typed: Typed, wrong: Wrong) -> str:
    return render_template(
        "portal/parking/coupon_use.html",
        code=code,
        controls=controls,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
    )
