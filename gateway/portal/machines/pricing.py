"""The price of a machine as its owner types it: on the form for a new one, and as another version of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from gateway.portal.calendar_months import weekdays
from gateway.portal.context import Json
from gateway.portal.controls import Control, Option, Typed, read, shown, typed_in

_YUAN = _l("yuan")
_MOST_BANDS = 10
_BAND = ("name.zh", "name.en", "weekdays", "since", "until", "surcharge_percent")
_UNITS = (
    Option("hour", _l("hour")),
    Option("shift", _l("shift")),
    Option("day", _l("day")),
    Option("piece", _l("piece")),
    Option("batch", _l("batch")),
)

_ROUNDINGS = (
    Option("up", _l("as a whole one")),
    Option("half_up", _l("as a whole one from half of it on")),
    Option("down", _l("as nothing")),
)


def price_controls(prefix: str, bands: int) -> list[Control]:
    """What a price is asked for; `prefix` is where it stands in the request, such as `price.`."""
    plain = [
        Control("unit", _l("Priced by the"), "choice", options=_UNITS),
        Control("unit_fen", _l("Price of one"), "yuan", suffix=_YUAN),
        Control(
            "steps", _l("Billed in parts of one"), "whole", hint=_l("4: quarters of an hour, for example.")
        ),
        Control("rounding", _l("What is less than a part counts"), "choice", options=_ROUNDINGS),
        Control("shift_min", _l("Length of a shift"), "whole", suffix=_l("minutes")),
        Control("minimum_order", _l("Pieces or batches at least"), "whole"),
        Control("operator_fen", _l("Operator who is chosen, for one"), "yuan", suffix=_YUAN),
        Control("set_up_fen", _l("Set-up, once"), "yuan", suffix=_YUAN),
        Control("minimum_fen", _l("A booking at least"), "yuan", suffix=_YUAN),
        Control("deposit_fen", _l("Deposit"), "yuan", suffix=_YUAN),
        Control("overtime.hour_fen", _l("Overtime, an hour (empty: none)"), "yuan", suffix=_YUAN),
        Control("overtime.grace_min", _l("Overtime counts after"), "whole", suffix=_l("minutes")),
        Control("overtime.steps", _l("Overtime in parts of an hour"), "whole"),
        Control("early_percent", _l("Given back of what was not used"), "whole", suffix="%", most=3),
    ]
    days = tuple(Option(str(day), name) for day, (_short, name) in enumerate(weekdays(), start=1))
    for number in range(bands):
        said, row = number + 1, f"bands.{number}"
        plain += [
            Control(f"{row}.name.zh", _l("Dearer hours %(number)d, name in Chinese", number=said), most=120),
            Control(f"{row}.name.en", _l("Dearer hours %(number)d, name in English", number=said), most=120),
            Control(f"{row}.since", _l("Dearer hours %(number)d, from (08:00)", number=said), most=5),
            Control(f"{row}.until", _l("Dearer hours %(number)d, until (20:00)", number=said), most=5),
            Control(
                f"{row}.surcharge_percent",
                _l("Dearer hours %(number)d, by", number=said),
                "whole",
                suffix="%",
                most=4,
            ),
            Control(f"{row}.weekdays", _l("Dearer hours %(number)d, on", number=said), "many", options=days),
        ]
    return [_below(prefix, each) for each in plain]


def bands_in(form: Mapping[str, str], prefix: str) -> int:
    """How many rows of dearer hours a posted form had."""
    return sum(f"{prefix}bands.{number}.since" in form for number in range(_MOST_BANDS))


def bands_for(price: Json | None) -> int:
    """How many rows a form shows: all there are and one to add."""
    return min(len(price["bands"]) + 1 if price else 1, _MOST_BANDS)


def usual_price(prefix: str) -> Typed:
    """What a new form is filled in with. Only a proposal."""
    return {f"{prefix}unit": "hour", f"{prefix}steps": "4", f"{prefix}overtime.steps": "4"}


def price_shown(price: Json, controls: list[Control]) -> Typed:
    """A version of a price as somebody would type it."""
    return shown(controls, price)


def typed_price(prefix: str, controls: list[Control], form: MultiDict[str, str]) -> Typed:
    """What was typed, with the dearer hours moved up over rows that were left empty."""
    typed = typed_in(controls, form)
    rows = [
        {part: typed[f"{prefix}bands.{number}.{part}"] for part in _BAND}
        for number in range(bands_in(form, prefix))
    ]
    ordered = [row for row in rows if any(row.values())] + [row for row in rows if not any(row.values())]
    moved = {
        f"{prefix}bands.{number}.{part}": value
        for number, row in enumerate(ordered)
        for part, value in row.items()
    }
    return {**typed, **moved}


def read_price(prefix: str, controls: list[Control], typed: Typed) -> tuple[Json, dict[str, str]]:
    """The price for a request, and the page's own sentences by pointer."""
    body, own = read(controls, typed)
    price: Json = body
    for part in filter(None, prefix.split(".")):
        price = price.setdefault(part, {})
    bands = price.pop("bands", {})
    price["bands"] = [_band(bands[key]) for key in sorted(bands, key=int)]
    overtime = price.get("overtime")
    if overtime is not None and set(overtime) <= {"steps"}:
        price["overtime"] = None
    return price, own


def _band(typed: Json) -> Json:
    days: list[Any] = typed.get("weekdays", [])
    return {**typed, "weekdays": [int(day) if day.isdecimal() and day.isascii() else day for day in days]}


def _below(prefix: str, control: Control) -> Control:
    return replace(control, name=f"{prefix}{control.name}")
