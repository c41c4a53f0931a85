"""Passes: buying, paying, renewing, giving up what is not paid, and the cars on them."""

from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from gateway.clients import ApiResponse
from gateway.portal.access import signed_in_only
from gateway.portal.asking import (
    CONFLICT,
    INVALID,
    STALE,
    TOP,
    Seen,
    Wrong,
    errors_of,
    version_shown,
    wrong_of,
)
from gateway.portal.context import Json
from gateway.portal.controls import Control, Option, Typed, read, shown, typed_in
from gateway.portal.fields import ErrorLine
from gateway.portal.parking.asking import load_parking, load_seen, parking_path, send
from gateway.portal.parking.places import lot_control, named_lot, open_lots
from gateway.portal.parking.plates import own_cars, plates_control, with_their_plates
from gateway.portal.parking.tariffs import Monthly, monthly_of
from gateway.portal.services import RefusedError, answer_of
from shared.http.state import current_runtime

pages = Blueprint("parking_passes", __name__)

Answer = str | Response | tuple[str, int]

_FORBIDDEN = 403
_FULL = "capacity-full"
_MONTHS = Control(
    "months",
    _l("How many months"),
    "choice",
    options=tuple(Option(str(each), str(each)) for each in (1, 2, 3, 6, 12)),
    number=True,
    width="short",
)
_BAYS = Control(
    "bays",
    _l("Bays"),
    "whole",
    hint=_l("So many of its cars have a bay at a time; the one that comes later pays like everybody else."),
    width="short",
)
_SINCE = Control("since", _l("First day"), "day", width="short")
_OF_CARS = plates_control(_l("All of them may use the pass, one for each bay at a time."))
_FORMS = {"renew": (_MONTHS,), "cars": (_OF_CARS,)}


@pages.get("/parking/passes")
@signed_in_only
def index() -> str:
    """The passes, the one ordered last first."""
    cursor = request.args.get("cursor")
    return render_template(
        "portal/parking/passes.html", page=load_parking("passes", cursor=cursor), first_page=not cursor
    )


@pages.get("/parking/passes/new")
@signed_in_only
def ask() -> str:
    """The form for another one, with what a month costs where."""
    lots, cars = open_lots(), own_cars()
    typed = {
        "lot_id": named_lot(lots),
        "plates": cars[0]["plate"] if cars else "",
        "bays": "1",
        "months": "1",
        "since": current_runtime().clock.today().isoformat(),
    }
    return _form(lots, typed, Wrong())


@pages.post("/parking/passes/new")
@signed_in_only
def buy() -> Answer:
    """Order it; its page leads to the payment."""
    lots = open_lots()
    controls = _controls(lots)
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    if not typed["lot_id"]:
        return _form(lots, typed, wrong_of((), controls, {**own, "/lot_id": _("Choose a car park")})), INVALID
    response = send("POST", parking_path("passes"), body)
    if response.status in (INVALID, CONFLICT):
        return _form(lots, typed, _refused(response, body, controls, own)), response.status
    made = answer_of(response)
    done = "bought" if made["state"] == "active" else "ordered"
    return redirect(url_for("portal.parking_passes.show", pass_id=made["id"], done=done), code=303)


@pages.get("/parking/passes/<uuid:pass_id>")
@signed_in_only
def show(pass_id: UUID) -> str:
    """One pass: how it stands and why, what was bought, and what can be done."""
    return _page(_seen(pass_id), Wrong())


@pages.post("/parking/passes/<uuid:pass_id>/pay")
@signed_in_only
def pay(pass_id: UUID) -> Answer:
    """Ask for what waits; the order's page leads to the provider."""
    response = send("POST", parking_path("orders"), {"pass_id": str(pass_id)})
    if response.status == CONFLICT:
        return _page(_seen(pass_id), wrong_of(errors_of(response), ())), CONFLICT
    made = answer_of(response)
    return redirect(url_for("portal.parking_paying.show", order_id=made["id"]), code=303)


@pages.post("/parking/passes/<uuid:pass_id>/give-up")
@signed_in_only
def give_up(pass_id: UUID) -> Answer:
    """Give up what waits for payment."""
    response = send("POST", parking_path("passes", pass_id, "give-up"), {})
    return _moved_on(response, pass_id) or _done(response, pass_id, "give-up")


@pages.get("/parking/passes/<uuid:pass_id>/<any(renew, cars):verb>")
@signed_in_only
def ask_verb(pass_id: UUID, verb: str) -> Answer:
    """The form for more months, or for other cars."""
    seen = _seen(pass_id)
    if verb not in seen.document["actions"]:
        return redirect(url_for("portal.parking_passes.show", pass_id=pass_id), code=303)
    return _verb_page(seen, verb, shown(_FORMS[verb], {**seen.document, "months": 1}), Wrong())


@pages.post("/parking/passes/<uuid:pass_id>/<any(renew, cars):verb>")
@signed_in_only
def do_verb(pass_id: UUID, verb: str) -> Answer:
    """Order more months, or put other cars on it."""
    controls = _FORMS[verb]
    typed = typed_in(controls, request.form)
    body, own = read(controls, typed)
    method = "PUT" if verb == "cars" else "POST"
    response = send(method, parking_path("passes", pass_id, verb), body)
    full = response.status == CONFLICT and RefusedError(response).slug == _FULL
    if response.status == INVALID or full:
        wrong = _refused(response, body, controls, own)
        return _verb_page(_seen(pass_id), verb, typed, wrong), response.status
    return _moved_on(response, pass_id) or _done(response, pass_id, verb)


def _seen(pass_id: UUID) -> Seen:
    return load_seen("passes", pass_id)


def _controls(lots: list[Json]) -> tuple[Control, ...]:
    return (lot_control(lots), _OF_CARS, _BAYS, _MONTHS, _SINCE)


def _refused(response: ApiResponse, body: Json, controls: tuple[Control, ...], own: dict[str, str]) -> Wrong:
    if response.status == CONFLICT and RefusedError(response).slug == _FULL:
        said = _(
            "There are not enough free bays over all of that time. Choose fewer bays or another car park."
        )
        return Wrong(lines=[ErrorLine(said, f"#{TOP}")])
    return wrong_of(with_their_plates(errors_of(response), body.get("plates", ())), controls, own)


def _moved_on(response: ApiResponse, pass_id: UUID) -> Answer | None:
    """Where it is not what its reader saw: how it stands now, and why nothing was done."""
    if response.status not in (CONFLICT, STALE, _FORBIDDEN):
        return None
    seen = _seen(pass_id)
    if response.status == STALE:
        return _page(seen, Wrong(), stale=True), STALE
    return _page(seen, wrong_of(errors_of(response), ())), response.status


def _done(response: ApiResponse, pass_id: UUID, verb: str) -> Answer:
    answer_of(response)
    return redirect(url_for("portal.parking_passes.show", pass_id=pass_id, done=verb), code=303)


def _page(seen: Seen, wrong: Wrong, *, stale: bool = False) -> str:
    found = seen.document
    return render_template(
        "portal/parking/pass.html",
        it=found,
        waiting=next((each for each in found["periods"] if each["state"] == "waiting"), None),
        version=seen.version,
        stale=stale,
        errors=wrong.lines,
        done=request.args.get("done", ""),
        idempotency_key=str(uuid4()),
    )


def _verb_page(seen: Seen, verb: str, typed: Typed, wrong: Wrong) -> str:
    return render_template(
        f"portal/parking/pass_{verb}.html",
        it=seen.document,
        controls=_FORMS[verb],
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        version=version_shown(seen, stale=False),
        idempotency_key=str(uuid4()),
    )


def _form(lots: list[Json], typed: Typed, wrong: Wrong) -> str:
    return render_template(
        "portal/parking/pass_new.html",
        controls=_controls(lots),
        prices=_prices(lots),
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        idempotency_key=str(uuid4()),
    )


def _prices(lots: list[Json]) -> list[tuple[Json, list[Monthly]]]:
    """What a month costs, car park by car park."""
    codes, today = load_parking("codes"), current_runtime().clock.today()
    found = [(lot, load_parking("lots", lot["id"], "tariffs")["items"]) for lot in lots]
    return [(lot, monthly_of(versions, today, codes)) for lot, versions in found]
