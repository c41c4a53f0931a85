"""Setting up a car park and describing it anew: what its sign says, its hours and how bays are reserved."""

from uuid import UUID

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.portal.asking import Seen, Wrong, renamed
from gateway.portal.context import Json
from gateway.portal.controls import Control, Option, Typed, read, shown, typed_in
from gateway.portal.i18n import say
from gateway.portal.machines.describing import hours_controls, hours_shown, read_hours
from gateway.portal.parking.asking import load_seen, lot_path, parking_path, send
from gateway.portal.parking.operating.access import operators_only
from gateway.portal.parking.operating.forms import Answer, Screen, Section, answered, bilingual, form_page
from gateway.portal.parking.operating.in_the_way import said_of
from gateway.portal.parking.operating.lots import lot_url

pages = Blueprint("describe_lot", __name__)

_MINUTES = _l("minutes")
_CODE = Control(
    "code",
    _l("Short code"),
    hint=_l("By which the park's people know it, such as P3."),
    most=16,
    width="short",
)
_SIGN = (
    Control("name.zh", _l("Name in Chinese"), most=120),
    Control("name.en", _l("Name in English"), most=120),
    Control("place", _l("Place"), most=120),
    Control("operator_name", _l("Who runs it"), most=120),
    Control("complaint_phone", _l("Telephone for complaints"), most=32),
)
_ENTRY = (
    Control(
        "drive_in",
        _l("Cars may come in without a pass, a reservation or a firm's bay"),
        "flag",
    ),
    Control(
        "early_min",
        _l("Before a reservation begins its car may come in"),
        "whole",
        suffix=_MINUTES,
    ),
)
_GRIDS = tuple(Option(str(each), _l("%(minutes)d minutes", minutes=each)) for each in (30, 60, 120, 240))
_RULES = (
    Control("rules.start_grid_min", _l("Begins every"), "choice", options=_GRIDS, number=True),
    Control("rules.shortest_min", _l("Shortest time"), "whole", suffix=_MINUTES),
    Control("rules.longest_min", _l("Longest time"), "whole", suffix=_MINUTES),
    Control("rules.notice_min", _l("Ahead at least"), "whole", suffix=_MINUTES),
    Control("rules.horizon_days", _l("Ahead at most"), "whole", suffix=_l("days")),
    Control(
        "rules.most_open",
        _l("Open reservations of one person at most (optional)"),
        "whole",
        hint=_l("Left empty: no limit."),
    ),
    Control(
        "rules.no_show_min",
        _l("Let go when the car has not come after (optional)"),
        "whole",
        suffix=_MINUTES,
        hint=_l("From the beginning on; left empty, never."),
    ),
)
_NULLABLE = ("most_open", "no_show_min")
USUAL: Typed = {
    "drive_in": "true",
    "early_min": "30",
    "rules.start_grid_min": "30",
    "rules.shortest_min": "30",
    "rules.longest_min": "1440",
    "rules.notice_min": "0",
    "rules.horizon_days": "14",
    "rules.most_open": "3",
    "rules.no_show_min": "30",
}
"""What a new form is filled in with. Only a proposal."""


@pages.get("/parking/operating/add")
@operators_only
def ask() -> str:
    """The form for a car park."""
    return _add_page(USUAL)


@pages.post("/parking/operating/add")
@operators_only
def add() -> Answer:
    """Enter it as a draft."""
    controls = (_CODE, *_controls())
    typed = typed_in(controls, request.form)
    body, own, names = _read(controls, typed)
    return answered(
        send("POST", parking_path("lots"), body),
        controls,
        own,
        lambda wrong, _stale: _add_page(typed, wrong),
        lambda made: lot_url(made["id"], "added"),
        lambda errors: renamed(errors, names),
    )


@pages.get("/parking/operating/<uuid:lot_id>/edit")
@operators_only
def edit(lot_id: UUID) -> str:
    """The form, filled in as the car park is described."""
    seen = load_seen("lots", lot_id)
    lot = {**seen.document, "hours": hours_shown(seen.document["hours"])}
    return _edit_page(seen, shown(_controls(), lot))


@pages.post("/parking/operating/<uuid:lot_id>/edit")
@operators_only
def change(lot_id: UUID) -> Answer:
    """Describe it anew; what is reserved keeps its rules."""
    controls = _controls()
    typed = typed_in(controls, request.form)
    body, own, names = _read(controls, typed)
    return answered(
        send("PUT", lot_path(lot_id), body),
        controls,
        own,
        lambda wrong, stale: _edit_page(load_seen("lots", lot_id), typed, wrong, stale=stale),
        lambda _lot: lot_url(lot_id, "changed"),
        lambda errors: said_of(renamed(errors, names)),
    )


def _sections() -> list[Section]:
    hours = hours_controls()
    return [
        (_l("What its sign says"), _SIGN),
        (_l("Opening hours"), hours),
        (_l("Who may come in"), _ENTRY),
        (_l("How bays are reserved"), _RULES),
    ]


def _controls() -> tuple[Control, ...]:
    return tuple(each for _title, controls in _sections() for each in controls)


def _read(controls: tuple[Control, ...], typed: Typed) -> tuple[Json, dict[str, str], dict[str, str]]:
    """The request, the page's own sentences, and the names of controls by those of parts of the request."""
    plain = [each for each in controls if not each.name.startswith("hours.")]
    body, own = read(plain, typed)
    bilingual(body, "name", "rules")
    for name in _NULLABLE:
        body["rules"].setdefault(name, None)
    body["hours"], names, wrong = read_hours(typed)
    return body, {**own, **wrong}, names


def _add_page(typed: Typed, wrong: Wrong | None = None) -> str:
    sign, *others = _sections()
    screen = Screen(
        title=_("Add a car park"),
        submit=_("Save as a draft"),
        crumbs=[(_("Run car parks"), url_for("portal.operating.index"))],
        back=url_for("portal.operating.index"),
        lead=_("It begins as a draft, which only those who run or watch the park see."),
    )
    return form_page(screen, [(sign[0], (_CODE, *sign[1])), *others], typed, wrong)


def _edit_page(seen: Seen, typed: Typed, wrong: Wrong | None = None, *, stale: bool = False) -> str:
    lot = seen.document
    screen = Screen(
        title=_("Change the description"),
        submit=_("Save the description"),
        crumbs=crumbs_of(lot),
        back=lot_url(lot["id"]),
        lead=_("What is reserved keeps the rules by which it was reserved."),
        guarded=seen,
    )
    return form_page(screen, _sections(), typed, wrong, stale=stale)


def crumbs_of(lot: Json) -> list[tuple[object, str | None]]:
    """Where a page of a car park stands."""
    return [
        (_("Run car parks"), url_for("portal.operating.index")),
        (say(lot["name"]), lot_url(lot["id"])),
    ]
