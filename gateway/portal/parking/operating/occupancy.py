"""How full a car park is and was: figures, charts drawn here with the same as tables, and taking stock."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.portal.asking import CONFLICT, INVALID, TOP, Wrong, errors_of, wrong_of
from gateway.portal.context import Json
from gateway.portal.controls import Control, Typed, typed_in
from gateway.portal.fields import ErrorLine
from gateway.portal.parking.asking import load_parking, lot_path, send
from gateway.portal.parking.operating.access import operators_only, runs_car_parks, watchers_only
from gateway.portal.parking.operating.describing import crumbs_of
from gateway.portal.parking.operating.forms import Answer, new_key
from gateway.portal.parking.operating.money import ON
from gateway.portal.services import RefusedError, answer_of
from shared.http.state import current_runtime

pages = Blueprint("operating_occupancy", __name__)

WIDTH, HEIGHT = 960.0, 160.0
_NO_SUCH = 404
_PLATES = Control(
    "plates",
    _l("All cars that are there"),
    "area",
    hint=_l("A number plate or a ticket a line, all of them: what is not named counts as gone."),
    most=40_000,
)
_EMPTY = Control("empty", _l("The car park is empty"), "flag")
_LINE = re.compile(r"/plates/(\d+)")


@dataclass(frozen=True, slots=True)
class Bar:
    """An hour in the chart; lengths of the drawing, from the top left."""

    x: float
    width: float
    y: float
    height: float
    over: bool
    """Whether more was taken than there are bays."""


@dataclass(frozen=True, slots=True)
class Chart:
    """The hours of a zone: what was taken, and the line of what it holds."""

    bars: tuple[Bar, ...]
    line: float
    most: int
    """So many bays is the chart high."""


@pages.get("/parking/operating/<uuid:lot_id>/occupancy")
@watchers_only
def index(lot_id: UUID) -> Answer:
    """How full it is now, and was hour by hour on the day in the address."""
    lot = load_parking("lots", lot_id)
    day = request.args.get("on", "")
    now: Json | None = None
    history: Json | None = None
    wrong, status = Wrong(), 200
    try:
        now = load_parking("lots", lot_id, "occupancy")
        history = load_parking("lots", lot_id, "occupancy", "history", on=day)
    except RefusedError as refusal:
        if refusal.status == INVALID:
            wrong, status = wrong_of(errors_of(refusal.response), (ON,)), INVALID
        elif refusal.status != _NO_SUCH:  # a car park that was never open has none
            raise
    zones = history["zones"] if history else []
    shown = render_template(
        "portal/parking/operating/occupancy.html",
        lot=lot,
        now=now,
        day=day or current_runtime().clock.today().isoformat(),
        zones=[(zone, chart(zone["hours"])) for zone in zones],
        width=WIDTH,
        height=HEIGHT,
        runs=runs_car_parks(),
        wrong=wrong.by_id,
        errors=wrong.lines,
    )
    return shown, status


@pages.get("/parking/operating/<uuid:lot_id>/stock-take")
@operators_only
def ask_stock(lot_id: UUID) -> str:
    """The form for the cars that really are there."""
    return _stock_page(lot_id, {}, Wrong())


@pages.post("/parking/operating/<uuid:lot_id>/stock-take")
@operators_only
def take_stock(lot_id: UUID) -> Answer:
    """Let exactly these cars be there, and say what was put right."""
    typed = typed_in((_PLATES, _EMPTY), request.form)
    plates = [line.strip() for line in re.split(r"[\n,，;；]", typed["plates"]) if line.strip()]
    if not plates and typed["empty"] != "true":
        said = _("Name the cars, or tick that there are none")
        wrong = wrong_of([{"pointer": _PLATES.pointer, "message": said}], (_PLATES,))
        return _stock_page(lot_id, typed, wrong), INVALID
    if plates and typed["empty"] == "true":
        said = _("Cars are named: then it is not empty")
        return _stock_page(
            lot_id, typed, wrong_of([{"pointer": _EMPTY.pointer, "message": said}], (_EMPTY,))
        ), INVALID
    response = send("POST", lot_path(lot_id, "stock-take"), {"plates": plates})
    if response.status in (INVALID, CONFLICT):
        return _stock_page(lot_id, typed, _of_lines(errors_of(response), plates)), response.status
    return _stock_page(lot_id, {}, Wrong(), answer_of(response))


def chart(hours: Sequence[Json]) -> Chart:
    """The hours of a day as bars; hours that lie ahead have none."""
    most = max(1, *(max(each["taken"] or 0, each["capacity"]) for each in hours)) if hours else 1
    step = WIDTH / max(1, len(hours))
    bars = [
        Bar(
            x=round(number * step + step * 0.1, 2),
            width=round(step * 0.8, 2),
            y=round(HEIGHT * (1 - each["taken"] / most), 2),
            height=round(HEIGHT * each["taken"] / most, 2),
            over=each["taken"] > each["capacity"],
        )
        for number, each in enumerate(hours)
        if each["taken"] is not None
    ]
    capacity = hours[-1]["capacity"] if hours else 0
    return Chart(tuple(bars), round(HEIGHT * (1 - capacity / most), 2), most)


def _of_lines(errors: list[Json], plates: list[str]) -> Wrong:
    """What is wrong, line by line: each says which car it is about."""
    lines = []
    for error in errors:
        found = _LINE.match(error["pointer"])
        name = plates[int(found[1])] if found and int(found[1]) < len(plates) else ""
        said = _("%(row)s: %(label)s", row=name, label=error["message"]) if name else error["message"]
        lines.append(ErrorLine(said, f"#{_PLATES.id}" if name else f"#{TOP}"))
    about = " ".join(line.message for line in lines if line.href != f"#{TOP}")
    return Wrong({_PLATES.id: about} if about else {}, lines)


def _stock_page(lot_id: UUID, typed: Typed, wrong: Wrong, taken: Json | None = None) -> str:
    lot = load_parking("lots", lot_id)
    return render_template(
        "portal/parking/operating/stock.html",
        lot=lot,
        crumbs=crumbs_of(lot),
        controls=(_PLATES, _EMPTY),
        typed=typed,
        taken=taken,
        wrong=wrong.by_id,
        errors=wrong.lines,
        idempotency_key=new_key(),
    )
