"""Looking for machines, and one machine: what it can do, what it costs, when it is free."""

from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l

from gateway.portal.asking import INVALID, Wrong, errors_of, query_of, wrong_of
from gateway.portal.context import Json, current_person
from gateway.portal.controls import Control, Option, Typed, read, shown, typed_in
from gateway.portal.machines.access import firms_of
from gateway.portal.machines.asking import PRODUCTION, load_codes, machine_path
from gateway.portal.machines.describing import options_of
from gateway.portal.machines.timeline import lines_of
from gateway.portal.machines.wishing import wish_of
from gateway.portal.services import RefusedError, load
from shared.http.state import current_runtime

pages = Blueprint("machines", __name__)

Answer = str | tuple[str, int]

_UNITS = (
    Option("hour", _l("by the hour")),
    Option("shift", _l("by the shift")),
    Option("day", _l("by the day")),
    Option("piece", _l("by the piece")),
    Option("batch", _l("by the batch")),
)
_LENGTHS = (7, 14)
_WISH = ("starts_at", "ends_at", "quantity", "pieces", "with_operator")
"""What the page of a machine takes over from the search."""
_FARTHEST = 400


@pages.get("/machines")
def index() -> Answer:
    """The machines that are offered, those first that are free when wanted; filters are in the address."""
    simple, more = _filters(load_codes())
    controls = (*simple, *more)
    typed = typed_in(controls, request.args)
    asked, own = read(controls, typed)
    wrong, found = Wrong(), None
    cursor = request.args.get("cursor")
    try:
        found = load(PRODUCTION, "/machines", cursor=cursor, **query_of(asked))
    except RefusedError as refusal:
        if refusal.status != INVALID:
            raise
        wrong = wrong_of(refusal.errors or errors_of(refusal.response), controls, own)
    page = render_template(
        "portal/machines/index.html",
        simple=simple,
        more=more,
        more_open=any(typed[each.name] for each in more),
        typed=typed,
        found=found,
        filters={key: value for key, value in typed.items() if value},
        asked={key: typed[key] for key in _WISH if typed[key]},
        own={firm["uscc"] for firm in firms_of(current_person())},
        timed=bool(typed["starts_at"] or typed["ends_at"]),
        first_page=not cursor,
        wrong=wrong.by_id,
        errors=wrong.lines,
    )
    return (page, INVALID) if wrong.lines else page


@pages.get("/machines/<uuid:machine_id>")
def show(machine_id: UUID) -> str:
    """One machine with its free times, and the form for a wish."""
    machine = load(PRODUCTION, machine_path(machine_id))
    return machine_page(machine, {}, Wrong())


def machine_page(machine: Json, typed: Typed, wrong: Wrong) -> str:
    """The page of a machine, with what was typed into its form."""
    first, days = _days()
    offered = machine["state"] == "published"
    controls = wish_of(machine)
    if not typed:
        typed = shown(controls, {"quantity": 1}) | {
            each.name: request.args[each.name] for each in controls if each.name in request.args
        }
    found = (
        load(
            PRODUCTION,
            machine_path(machine["id"], "calendar"),
            first=first.isoformat(),
            days=str(days),
        )["days"]
        if offered
        else []
    )
    today = current_runtime().clock.today()
    return render_template(
        "portal/machines/machine.html",
        machine=machine,
        offered=offered,
        lines=lines_of(found),
        days=days,
        lengths=_LENGTHS,
        first=first,
        earlier=max(today, first - timedelta(days=days)) if first > today else None,
        later=first + timedelta(days=days) if (first - today).days + days < _FARTHEST else None,
        controls=controls,
        typed=typed,
        wrong=wrong.by_id,
        errors=wrong.lines,
        own=machine["owner"] in {firm["uscc"] for firm in firms_of(current_person())},
    )


def _days() -> tuple[date, int]:
    """The first day and the number of days that the address names; today and seven for anything else."""
    today = current_runtime().clock.today()
    try:
        first = date.fromisoformat(request.args.get("first", ""))
    except ValueError:
        first = today
    if not 0 <= (first - today).days <= _FARTHEST:
        first = today
    days = request.args.get("days", "")
    return first, int(days) if days in {str(each) for each in _LENGTHS} else _LENGTHS[0]


def _filters(codes: Json) -> tuple[tuple[Control, ...], tuple[Control, ...]]:
    """What everybody asks, and what is asked under “More”."""
    anything = _l("Any")
    simple = (
        Control("process", _l("Process"), "choice", options=options_of(codes["processes"]), blank=anything),
        Control(
            "material",
            _l("Material it works on"),
            "choice",
            options=options_of(codes["materials"]),
            blank=anything,
        ),
        Control("starts_at", _l("Beginning"), "moment"),
        Control("ends_at", _l("End"), "moment"),
        Control("place", _l("Place"), most=120),
        Control("max_fen", _l("Price at most"), "yuan", suffix=_l("yuan")),
    )
    more = (
        Control("unit", _l("Priced"), "choice", options=_UNITS, blank=anything),
        Control("accuracy_um", _l("Accuracy at least"), "whole", suffix=_l("µm")),
        Control("travel_x_mm", _l("Travel X at least"), "whole", suffix=_l("mm")),
        Control("travel_y_mm", _l("Travel Y at least"), "whole", suffix=_l("mm")),
        Control("travel_z_mm", _l("Travel Z at least"), "whole", suffix=_l("mm")),
        Control("quantity", _l("Machines"), "whole"),
        Control("pieces", _l("Pieces or batches"), "whole"),
        Control("with_operator", _l("With an operator, who is paid for"), "flag"),
    )
    return simple, more
