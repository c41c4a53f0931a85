"""The form by which an owner describes a machine: its controls, and how they are read and shown."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from gateway.portal.calendar_months import weekdays
from gateway.portal.context import Json
from gateway.portal.controls import Control, Option, Typed, pointer_of, read, shown, typed_in

Section = tuple[object, list[Control]]

_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_TIMES = re.compile(rf"({_TIME})\s*[-–—~至]\s*({_TIME}|24:00)")
_MIDNIGHT, _END = "00:00", "24:00"
_BETWEEN = re.compile(r"[,，;；、]")
_QUOTA = _l("Of this machine; empty: no limit.")
_MINUTES = _l("minutes")
_PERCENT = "%"
_FEWEST_TIERS, _MOST_TIERS = 3, 12
_TIER = ("hours", "price_percent", "deposit_percent")
_GRIDS = (15, 30, 60, 120, 240, 480, 1440)


def sections(codes: Json, crews: Iterable[Json], tiers: int) -> list[Section]:
    """The form but for its price and its owner, section by section."""
    return [
        (_l("What it is"), _what(codes)),
        (_l("Where, and with whom"), _where(codes, crews)),
        (_l("Opening hours"), hours_controls()),
        (_l("How it is booked"), _rules()),
        (_l("What a cancellation gives back"), _cancellation(tiers)),
    ]


def controls_of(found: Iterable[Section]) -> list[Control]:
    """All controls of the sections."""
    return [each for _title, controls in found for each in controls]


def usual() -> Typed:
    """What a new form is filled in with: hours and rules as most machines have them. Only a proposal."""
    return {
        **{f"hours.{day}": "08:00-18:00" for day in range(1, 6)},
        "units": "1",
        "operator": "none",
        "rules.notice_min": "60",
        "rules.horizon_days": "60",
        "rules.shortest_min": "60",
        "rules.longest_min": "480",
        "rules.start_grid_min": "30",
        "cancellation.tiers.0.hours": "24",
        "cancellation.tiers.0.price_percent": "100",
        "cancellation.tiers.0.deposit_percent": "100",
        "cancellation.late_deposit_percent": "100",
        "cancellation.no_show_deposit_percent": "100",
    }


def description_of(machine: Json, controls: Iterable[Control]) -> Typed:
    """A machine as somebody would type it."""
    flat = {
        **machine,
        "process": machine["process"]["code"],
        "confidentiality": machine["confidentiality"]["code"],
        "materials": [each["code"] for each in machine["materials"]],
        "hours": hours_shown(machine["hours"]),
    }
    return shown(controls, flat)


def hours_shown(hours: Iterable[Json]) -> dict[str, str]:
    """Opening hours as somebody would type them, by the number of the weekday."""
    return {
        str(day): ", ".join(
            f"{each['since']}-{_END if each['until'] == _MIDNIGHT else each['until']}"
            for each in hours
            if each["weekday"] == day
        )
        for day in range(1, 8)
    }


def typed_description(controls: list[Control], form: MultiDict[str, str]) -> Typed:
    """What was typed, with the tiers moved up over those that were left empty."""
    typed = typed_in(controls, form)
    return {**typed, **_moved_up(typed)}


def read_description(controls: list[Control], typed: Typed) -> tuple[Json, dict[str, str], dict[str, str]]:
    """The request, the page's own sentences, and the names of controls by those of parts of the request."""
    plain = [each for each in controls if not each.name.startswith(("hours.", "cancellation.tiers."))]
    body, own = read(plain, typed)
    for group in ("name", "rules"):
        body.setdefault(group, {})  # so that the service names what of it is missing
    body.setdefault("materials", [])
    if not body.get("travel_mm"):
        body.pop("travel_mm", None)
    else:
        body["travel_mm"] = {axis: body["travel_mm"].get(axis) for axis in "xyz"}
    body["hours"], names, wrong = read_hours(typed)
    tiers = [each for each in controls if each.name.startswith("cancellation.tiers.")]
    read_tiers, wrong_tiers = read(tiers, typed)
    rows = read_tiers.get("cancellation", {}).get("tiers", {})
    body.setdefault("cancellation", {})["tiers"] = [rows[key] for key in sorted(rows, key=int)]
    return body, {**own, **wrong, **wrong_tiers}, names


def tiers_in(form: Mapping[str, str]) -> int:
    """How many rows of tiers a posted form had."""
    return min(sum(name.startswith("cancellation.tiers.") for name in form) // len(_TIER), _MOST_TIERS)


def tiers_for(machine: Json | None) -> int:
    """How many rows a form shows: all there are and one to add."""
    kept = len(machine["cancellation"]["tiers"]) if machine else 0
    return min(max(kept + 1, _FEWEST_TIERS), _MOST_TIERS)


def _moved_up(typed: Typed) -> Typed:
    names = [name for name in typed if name.startswith("cancellation.tiers.")]
    numbers = sorted({int(name.split(".")[2]) for name in names})
    rows = [{part: typed[f"cancellation.tiers.{number}.{part}"] for part in _TIER} for number in numbers]
    ordered = [row for row in rows if any(row.values())] + [row for row in rows if not any(row.values())]
    return {
        f"cancellation.tiers.{number}.{part}": value
        for number, row in zip(numbers, ordered, strict=True)
        for part, value in row.items()
    }


def read_hours(typed: Typed) -> tuple[list[Json], dict[str, str], dict[str, str]]:
    """The opening hours, which weekday each is of, and the weekdays that cannot be read.

    People end a day at 24:00, the service at 00:00.
    """
    hours: list[Json] = []
    names: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for day in range(1, 8):
        name = f"hours.{day}"
        for part in filter(None, (each.strip() for each in _BETWEEN.split(typed.get(name, "")))):
            match = _TIMES.fullmatch(part)
            since, until = match.groups() if match else (part, part)
            if match is None:
                wrong[pointer_of(name)] = _("Write times like 08:00-12:00, 13:00-18:00")
            names[f"hours.{len(hours)}"] = name
            hours.append({"weekday": day, "since": since, "until": _MIDNIGHT if until == _END else until})
    return hours, names, wrong


def options_of(codes: Iterable[Json]) -> tuple[Option, ...]:
    """A list of codes as choices; the page says them in its language."""
    return tuple(Option(each["code"], each["name"]) for each in codes)


def _what(codes: Json) -> list[Control]:
    choose = _l("Choose")
    return [
        Control("name.zh", _l("Name in Chinese"), most=120),
        Control("name.en", _l("Name in English"), most=120),
        Control("process", _l("Process"), "choice", options=options_of(codes["processes"]), blank=choose),
        Control("units", _l("How many alike"), "whole"),
        Control("accuracy_um", _l("Accuracy (optional)"), "whole", suffix=_l("µm")),
        Control("travel_mm.x", _l("Travel X (optional)"), "whole", suffix=_l("mm")),
        Control("travel_mm.y", _l("Travel Y (optional)"), "whole", suffix=_l("mm")),
        Control("travel_mm.z", _l("Travel Z (optional)"), "whole", suffix=_l("mm")),
        Control("materials", _l("Materials it works on"), "many", options=options_of(codes["materials"])),
        Control("note", _l("Remarks (optional)"), "area", most=2000),
    ]


def _where(codes: Json, crews: Iterable[Json]) -> list[Control]:
    operators = (
        Option("none", _l("none")),
        Option("included", _l("included in the price")),
        Option("extra", _l("if wanted, for a price")),
    )
    shared = tuple(Option(each["id"], each["name"]) for each in crews)
    found = [
        Control("place", _l("Place"), most=120),
        Control("operator", _l("Operator"), "choice", options=operators),
        Control(
            "confidentiality",
            _l("Confidentiality"),
            "choice",
            options=options_of(codes["confidentiality"]),
            blank=_l("Choose"),
        ),
        Control("qualification", _l("Document of its fitness (optional)")),
        Control("qualified_until", _l("That document holds until (optional)"), "day"),
    ]
    if shared:
        crew = Control("crew_id", _l("Crew (optional)"), "choice", options=shared, blank=_l("no shared crew"))
        found.append(crew)
    return found


def hours_controls() -> list[Control]:
    """A line for the opening hours of each weekday: `hours.1` is Monday's."""
    return [Control(f"hours.{day}", name, most=100) for day, (_short, name) in enumerate(weekdays(), start=1)]


def _rules() -> list[Control]:
    grids = tuple(Option(str(each), _grid(each)) for each in _GRIDS)
    return [
        Control("rules.start_grid_min", _l("Begins every"), "choice", options=grids, number=True),
        Control("rules.shortest_min", _l("Shortest time"), "whole", suffix=_MINUTES),
        Control("rules.longest_min", _l("Longest time"), "whole", suffix=_MINUTES),
        Control("rules.notice_min", _l("Ahead at least"), "whole", suffix=_MINUTES),
        Control("rules.horizon_days", _l("Ahead at most"), "whole", suffix=_l("days")),
        Control("rules.before_min", _l("Kept free before"), "whole", suffix=_MINUTES),
        Control("rules.set_up_min", _l("Set-up before the beginning"), "whole", suffix=_MINUTES),
        Control("rules.after_min", _l("Kept free after"), "whole", suffix=_MINUTES),
        Control(
            "rules.no_show_min",
            _l("Let go without a check-in after (optional)"),
            "whole",
            suffix=_MINUTES,
            hint=_l("From the beginning on; left empty, never."),
        ),
        Control("rules.needs_approval", _l("We approve each booking"), "flag"),
        Control("rules.most_open", _l("Open bookings of one firm at most"), "whole", hint=_QUOTA),
        Control("rules.most_hours_day", _l("Hours of one firm a day at most"), "whole", suffix=_l("hours")),
        Control("rules.most_hours_week", _l("Hours of one firm a week at most"), "whole", suffix=_l("hours")),
        Control(
            "rules.most_hours_month", _l("Hours of one firm a month at most"), "whole", suffix=_l("hours")
        ),
    ]


def _grid(minutes: int) -> Any:
    if minutes == _GRIDS[-1]:
        return _l("whole days")
    if minutes < 60:
        return _l("%(minutes)d minutes", minutes=minutes)
    return _l("%(hours)d hours", hours=minutes // 60) if minutes > 60 else _l("hour")


def _cancellation(tiers: int) -> list[Control]:
    found = []
    for number in range(tiers):
        said, row = number + 1, f"cancellation.tiers.{number}"
        found += [
            Control(
                f"{row}.hours", _l("Tier %(number)d, ahead", number=said), "whole", suffix=_l("hours"), most=5
            ),
            Control(
                f"{row}.price_percent",
                _l("Tier %(number)d, of the price", number=said),
                "whole",
                suffix=_PERCENT,
                most=3,
            ),
            Control(
                f"{row}.deposit_percent",
                _l("Tier %(number)d, of the deposit", number=said),
                "whole",
                suffix=_PERCENT,
                most=3,
            ),
        ]
    return [
        *found,
        Control(
            "cancellation.late_deposit_percent", _l("Later, of the deposit"), "whole", suffix=_PERCENT, most=3
        ),
        Control(
            "cancellation.no_show_deposit_percent",
            _l("Not shown up, of the deposit"),
            "whole",
            suffix=_PERCENT,
            most=3,
        ),
        Control("cancellation.no_show_fee_fen", _l("Fee for not showing up"), "yuan", suffix=_l("yuan")),
    ]
