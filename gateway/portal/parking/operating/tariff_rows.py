"""A tariff as somebody types it: rates, their hours and their caps in rows that can be added and removed.

What is typed is flat, by the names of the controls (`rates.0.bands.1.since`); how many rows there are is read
from these names.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from gateway.portal.context import Json
from gateway.portal.controls import Typed
from gateway.portal.money import yuan_of

MOST_RATES, MOST_BANDS, MOST_CAPS = 5, 24, 31
_MOST = {"rates": MOST_RATES, "bands": MOST_BANDS, "caps_fen": MOST_CAPS}
_ACTION = re.compile(r"(add|remove):(rates(?:\.[0-9]{1,2}\.(?:bands|period\.caps_fen))?)(?::([0-9]{1,2}))?")
_TEXTS = ("name.zh", "name.en", "since", "until", "unit.minutes", "unit.fen", "cap_fen")
NEW_RATE: Mapping[str, Any] = {"unit.minutes": "60", "unit.fen": "", "period.window": "", "classes": []}
NEW_BAND: Mapping[str, Any] = {
    "since": "",
    "unit.minutes": "60",
    "weekdays": [str(day) for day in range(1, 8)],
}
USUAL: Typed = {
    "name.zh": "",
    "grace_minutes": "15",
    "merge_minutes": "0",
    "rates.0.classes": ["small"],
    "rates.0.unit.minutes": "60",
    "rates.0.free_minutes": "30",
    "rates.0.period.window": "rolling",
    "rates.0.period.caps_fen.0": "",
}
"""What a form with nothing to start from is filled in with. Only a proposal."""


def rows_in(typed: Mapping[str, Any], rows: str) -> int:
    """How many rows there are below a name, such as `rates.0.bands`; numbered from 0 without gaps."""
    number = 0
    while number < _MOST[rows.rpartition(".")[2]] and any(
        name == f"{rows}.{number}" or name.startswith(f"{rows}.{number}.") for name in typed
    ):
        number += 1
    return number


def asked_for(action: str) -> tuple[str, str, int] | None:
    """`remove:rates.0.bands:1` as the verb, the rows and the number; None for whatever is none of these."""
    found = _ACTION.fullmatch(action)
    return (found[1], found[2], int(found[3] or 0)) if found else None


def changed(typed: Typed, verb: str, rows: str, number: int) -> Typed:
    """With another row at the end, or without one; unchanged where that cannot be."""
    count = rows_in(typed, rows)
    if verb == "add" and count < _MOST[rows.rpartition(".")[2]]:
        return {**typed, **_new_row(f"{rows}.{count}")}
    if verb == "remove" and number < count:
        return _without(typed, rows, number)
    return typed


def without_empty(typed: Typed) -> Typed:
    """Without hours and caps in which nothing was typed: they say nothing."""
    for rate in range(rows_in(typed, "rates")):
        for rows, empty in (
            (f"rates.{rate}.bands", _band_is_empty),
            (f"rates.{rate}.period.caps_fen", _is_empty),
        ):
            for number in reversed(range(rows_in(typed, rows))):
                if empty(typed, f"{rows}.{number}"):
                    typed = _without(typed, rows, number)
    return typed


def typed_of(tariff: Json) -> Typed:
    """A tariff in the form in which it is entered, as somebody would type it; without its day."""
    typed: Typed = {
        **{f"name.{language}": tariff["name"][language] for language in ("zh", "en")},
        "exempt": list(tariff["exempt"]),
        "nev_discount_bp": _amount(tariff["nev_discount_bp"]),
        "merge_minutes": str(tariff["merge_minutes"]),
        "grace_minutes": str(tariff["grace_minutes"]),
    }
    for number, rate in enumerate(tariff["rates"]):
        typed |= {f"rates.{number}.{name}": value for name, value in _typed_rate(rate).items()}
    return typed | _typed_overstay(tariff["overstay"])


def nested(body: Json) -> Json:
    """A request read from the flat names, its rows as lists and what was left out as the service wants it."""
    rates = [_rate(each) for each in _listed(body.get("rates", {}))]
    overstay: Json = body.get("overstay", {})
    charged = {**overstay, "unit": overstay.get("unit", {})} if overstay else None
    return {**body, "name": body.get("name", {}), "rates": rates, "overstay": charged}


def named_by_field(errors: Iterable[Json]) -> list[Json]:
    """The errors, where those about a whole row or name lead to its first field."""
    return [{**each, "pointer": _field(each["pointer"])} for each in errors]


def _field(pointer: str) -> str:
    if re.fullmatch(r"/rates/\d+/bands/\d+", pointer):
        return f"{pointer}/since"
    if re.fullmatch(r"(/rates/\d+/bands/\d+)?/name", pointer):
        return f"{pointer}/zh"
    return "/rates/0/classes" if pointer == "/rates" else pointer


def _rate(typed: Json) -> Json:
    rate = {**typed, "unit": typed.get("unit", {})}
    rate["classes"] = rate.get("classes", [])
    rate["bands"] = [_band(each) for each in _listed(typed.get("bands", {}))]
    period = {**typed.get("period", {})}
    period["caps_fen"] = _listed(period.get("caps_fen", {}))
    shapeless = "window" not in period and not period["caps_fen"] and not period.get("shared")
    return {**rate, "period": None if shapeless else period}


def _band(typed: Json) -> Json:
    days = typed.get("weekdays", [])
    weekdays = [int(day) if day.isdecimal() and day.isascii() else day for day in days]
    return {**typed, "name": typed.get("name", {}), "unit": typed.get("unit", {}), "weekdays": weekdays}


def _listed(rows: Mapping[str, Any]) -> list[Any]:
    return [rows[number] for number in sorted(rows, key=int)]


def _new_row(row: str) -> Typed:
    kind = row.split(".")[-2]
    if kind == "caps_fen":
        return {row: ""}
    new = NEW_RATE if kind == "rates" else NEW_BAND
    return {f"{row}.{name}": value for name, value in new.items()}


def _without(typed: Typed, rows: str, number: int) -> Typed:
    kept: Typed = {}
    row = re.compile(rf"{re.escape(rows)}\.(\d+)(\..+)?")
    for name, value in typed.items():
        found = row.fullmatch(name)
        at = int(found[1]) if found else -1
        if found is None or at < number:
            kept[name] = value
        elif at > number:
            kept[f"{rows}.{at - 1}{found[2] or ''}"] = value
    return kept


def _is_empty(typed: Typed, row: str) -> bool:
    return not typed.get(row)


def _band_is_empty(typed: Typed, row: str) -> bool:
    """Whether nothing was typed but what a new row is filled in with."""
    said = {name: typed.get(f"{row}.{name}", "") for name in _TEXTS}
    return all(not value for name, value in said.items() if name != "unit.minutes")


def _typed_rate(rate: Json) -> Typed:
    first, period = rate["first"] or {}, rate["period"] or {}
    typed: Typed = {
        "classes": list(rate["classes"]),
        "free_minutes": str(rate["free_minutes"]),
        "free_included": "true" if rate["free_included"] else "",
        "first.minutes": str(first["minutes"]) if first else "",
        "first.fen": _amount(first["fen"]) if first else "",
        "unit.minutes": str(rate["unit"]["minutes"]),
        "unit.fen": _amount(rate["unit"]["fen"]),
        "period.window": period.get("window", ""),
        "period.restart": period.get("restart", ""),
        "period.shared": "true" if period.get("shared") else "",
        "lost_entry_fen": _amount(rate["lost_entry_fen"]),
        "monthly_fen": _amount(rate["monthly_fen"]),
    }
    for number, cap in enumerate(period.get("caps_fen", ())):
        typed[f"period.caps_fen.{number}"] = _amount(cap)
    for number, band in enumerate(rate["bands"]):
        typed |= {f"bands.{number}.{name}": value for name, value in _typed_band(band).items()}
    return typed


def _typed_band(band: Json) -> Typed:
    return {
        "name.zh": band["name"]["zh"],
        "name.en": band["name"]["en"],
        "since": band["since"],
        "until": band["until"],
        "unit.minutes": str(band["unit"]["minutes"]),
        "unit.fen": _amount(band["unit"]["fen"]),
        "cap_fen": _amount(band["cap_fen"]),
        "weekdays": [str(day) for day in band["weekdays"]],
    }


def _typed_overstay(overstay: Json | None) -> Typed:
    if overstay is None:
        return {}
    return {
        "overstay.free_minutes": str(overstay["free_minutes"]),
        "overstay.unit.minutes": str(overstay["unit"]["minutes"]),
        "overstay.unit.fen": _amount(overstay["unit"]["fen"]),
        "overstay.cap_fen": _amount(overstay["cap_fen"]),
    }


def _amount(hundredths: int | None) -> str:
    return "" if hundredths is None else yuan_of(hundredths).removesuffix(".00")
