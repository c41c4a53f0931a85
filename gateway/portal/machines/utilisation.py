"""How a firm's machines were used: figures, a chart drawn here, the same as a table and as a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from gateway.portal.asking import INVALID, Wrong, errors_of, wrong_of
from gateway.portal.context import Json, current_language, current_person
from gateway.portal.controls import Control
from gateway.portal.downloads import passed_on
from gateway.portal.machines.access import firms_of, members_only
from gateway.portal.machines.asking import PRODUCTION
from gateway.portal.services import RefusedError, load, path_of

pages = Blueprint("machine_utilisation", __name__)

Answer = str | Response | tuple[str, int]

BY = ("day", "week", "month")
_ASKED = ("machine_id", "since", "until", "by")
_CONTROLS = (Control("since", "", "day"), Control("until", "", "day"))
WIDTH, HEIGHT = 1000.0, 200.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A period in the chart; lengths of the drawing, from the top left."""

    x: float
    width: float
    idle: tuple[float, float]
    booked: tuple[float, float]
    used: tuple[float, float]
    overtime: tuple[float, float]
    """Top edge and height of each."""


@pages.get("/my-machines/utilisation")
@members_only
def show() -> Answer:
    """Figures of one machine or of all, for the days asked for."""
    firms = firms_of(current_person())
    firm = _firm(firms)
    asked = {name: request.args.get(name, "").strip() for name in _ASKED}
    wrong, found, status = Wrong(), None, 200
    try:
        found = load(PRODUCTION, path_of("machine-utilisation", firm), **asked)
    except RefusedError as refusal:
        if refusal.status != INVALID:
            raise
        wrong, status = wrong_of(errors_of(refusal.response), _CONTROLS), INVALID
    page = render_template(
        "portal/machines/utilisation.html",
        found=found,
        bars=bars(found["periods"]) if found else [],
        most=most(found["periods"]) if found else 0,
        machines=load(PRODUCTION, "/own-machines", limit="100")["items"],
        firms=firms,
        firm=firm,
        asked=asked,
        ways=BY,
        wrong=wrong.by_id,
        errors=wrong.lines,
        width=WIDTH,
        height=HEIGHT,
    )
    return page, status


@pages.get("/my-machines/utilisation/csv")
@members_only
def copy() -> Response:
    """The periods as a file."""
    params = {name: request.args[name] for name in _ASKED if request.args.get(name)}
    path = path_of("machine-utilisation", _firm(firms_of(current_person())), "csv")
    return passed_on(PRODUCTION, path, inline=False, params={**params, "language": current_language()})


def _firm(firms: Sequence[Json]) -> str:
    """The firm asked for, or the reader's first one; 404 for one that is not theirs."""
    codes = [each["uscc"] for each in firms]
    asked = request.args.get("firm") or codes[0]
    if asked not in codes:
        abort(404)
    return str(asked)


def most(periods: Sequence[Json]) -> int:
    """The machine-minutes that the chart is as high as; at least an hour."""
    tallest = (max(each["booked_min"] + each["idle_min"], each["used_min"]) for each in periods)
    return max(60, *tallest) if periods else 60


def bars(periods: Sequence[Json]) -> list[Bar]:
    """Each period as a bar: booked below, idle above it; inside what was run, overtime on its top."""
    top, step = most(periods), WIDTH / max(1, len(periods))

    def part(below: Any, amount: Any) -> tuple[float, float]:
        return round(HEIGHT * (1 - (below + amount) / top), 2), round(HEIGHT * amount / top, 2)

    return [
        Bar(
            x=round(number * step, 2),
            width=round(step * 0.8, 2),
            idle=part(each["booked_min"], each["idle_min"]),
            booked=part(0, each["booked_min"]),
            used=part(0, each["used_min"] - each["overtime_min"]),
            overtime=part(each["used_min"] - each["overtime_min"], each["overtime_min"]),
        )
        for number, each in enumerate(periods)
    ]
