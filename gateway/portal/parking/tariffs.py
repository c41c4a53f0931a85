"""What parking costs, in the words of a sign."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from gateway.portal.context import Json
from gateway.portal.controls import Control, Typed, read

CHARGING = (
    Control(
        "charging.0.ended_at",
        _l("Charging ends (optional)"),
        "moment",
        hint=_l("Where the car is charged at a charging point."),
    ),
    Control(
        "charging.0.freed_at",
        _l("Its bay is free again (optional)"),
        "moment",
        hint=_l("Left empty: when the car leaves."),
    ),
)
"""What is asked about charging during a stay that is only tried."""


@dataclass(frozen=True, slots=True)
class RateShown:
    """What some classes of vehicles pay."""

    vehicles: tuple[Json, ...]
    """Names of the classes, in both languages."""
    rate: Json


@dataclass(frozen=True, slots=True)
class Monthly:
    """What a pass for a month costs some classes of vehicles, in fen."""

    vehicles: tuple[Json, ...]
    fen: int


def in_force(versions: Iterable[Json], day: date) -> Json | None:
    """The latest version that holds on a day; None where there is none."""
    held = [each for each in versions if each["effective_on"] <= day.isoformat()]
    return max(held, key=lambda each: (each["effective_on"], each["number"]), default=None)


def rates_of(tariff: Json, codes: Json) -> list[RateShown]:
    """The rates, each with the classes that it names."""
    names = {each["code"]: each["name"] for each in codes["vehicles"]}
    return [RateShown(tuple(names[each] for each in rate["classes"]), rate) for rate in tariff["rates"]]


def read_stay(controls: Iterable[Control], typed: Typed) -> tuple[Json, dict[str, str]]:
    """A stay to try a tariff out on as the service takes it, and the page's own sentences by pointer."""
    body, own = read(controls, typed)
    body["charging"] = list(body.get("charging", {}).values())
    ended, freed = CHARGING
    if typed.get(freed.name) and not typed.get(ended.name):
        own[ended.pointer] = _("Enter when charging ends too, or leave out when the bay is free again")
    return body, own


def monthly_of(versions: Iterable[Json], day: date, codes: Json) -> list[Monthly]:
    """What passes cost that are bought on a day; nothing where none are sold."""
    tariff = in_force(versions, day)
    return [
        Monthly(each.vehicles, each.rate["monthly_fen"])
        for each in (rates_of(tariff, codes) if tariff else ())
        if each.rate["monthly_fen"] is not None
    ]
