"""What parking costs, as data: versions of a tariff with a rate for each class of vehicle. Pure.

The version in force at the entry holds for the whole stay, so one that a stay has is never changed: another
price is another version. `checking` says what makes no sense, `fees` does the sums.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, time
from enum import StrEnum
from functools import lru_cache
from typing import Any

from facilities.living.parking.vehicles import Exemption, VehicleClass
from shared.text import Text

ALL_WEEK = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True)
class Block:
    """A length of time and what it costs; begun it costs as much as whole."""

    minutes: int
    fen: int

    def to_json(self) -> dict[str, int]:
        """The form in which it is kept."""
        return {"minutes": self.minutes, "fen": self.fen}


@dataclass(frozen=True, slots=True)
class Band:
    """Hours of the day with a unit of their own, by the wall in Asia/Shanghai.

    A unit belongs whole to the hours in which it begins. An end that is not later is the next day's; 00:00 to
    00:00 is the whole day.
    """

    name: Text
    since: time
    until: time
    unit: Block
    cap_fen: int | None = None
    """All units of these hours cost this at most each time they come round, beside any cap of the period."""
    weekdays: frozenset[int] = ALL_WEEK
    """On which they begin; 1 is Monday."""

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept."""
        return {
            "name": self.name.to_dict(),
            "since": f"{self.since:%H:%M}",
            "until": f"{self.until:%H:%M}",
            "unit": self.unit.to_json(),
            "cap_fen": self.cap_fen,
            "weekdays": sorted(self.weekdays),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Band":
        """Read what `to_json` has written."""
        return cls(
            name=Text.of(kept["name"]),
            since=time.fromisoformat(kept["since"]),
            until=time.fromisoformat(kept["until"]),
            unit=Block(**kept["unit"]),
            cap_fen=kept.get("cap_fen"),
            weekdays=frozenset(kept.get("weekdays", ALL_WEEK)),
        )


class Window(StrEnum):
    """Into which periods a stay is cut."""

    ROLLING = "rolling"
    """24 hours each, from the entry."""
    CALENDAR_DAY = "calendar_day"
    """Local days of Asia/Shanghai: the first and the last one are parts of a day."""


WINDOW_NAMES: dict[Window, Text] = {
    Window.ROLLING: Text("自入场起每24小时", "each 24 hours from the entry"),
    Window.CALENDAR_DAY: Text("每个自然日", "each calendar day"),
}


class Restart(StrEnum):
    """What begins anew with each period."""

    NOTHING = "nothing"
    """Units run on; one that lies in two periods belongs to that in which it begins."""
    UNITS = "units"
    """First block and units begin anew; one that has begun ends with the period, at its full price."""
    ALL = "all"
    """The free time too."""


RESTART_NAMES: dict[Restart, Text] = {
    Restart.NOTHING: Text("连续计时", "Units run on"),
    Restart.UNITS: Text("重新起算计费单位", "Units begin anew"),
    Restart.ALL: Text("重新计费（含免费时间）", "All begins anew, the free time too"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """Periods of a stay with their caps."""

    window: Window
    caps_fen: tuple[int, ...] = ()
    """Of the first period, the second …; the last one holds for all that follow. None: no cap."""
    restart: Restart = Restart.NOTHING
    shared: bool = False
    """Whether all stays of a plate on a calendar day have one cap together."""

    def cap_of(self, number: int) -> int | None:
        """The cap of a period, counted from 0."""
        return self.caps_fen[min(number, len(self.caps_fen) - 1)] if self.caps_fen else None

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept."""
        return {
            "window": self.window,
            "caps_fen": list(self.caps_fen),
            "restart": self.restart,
            "shared": self.shared,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Period":
        """Read what `to_json` has written."""
        return cls(
            window=Window(kept["window"]),
            caps_fen=tuple(kept.get("caps_fen", ())),
            restart=Restart(kept.get("restart", Restart.NOTHING)),
            shared=kept.get("shared", False),
        )


@dataclass(frozen=True, slots=True)
class Rate:
    """What some classes of vehicles pay; amounts in fen."""

    classes: frozenset[VehicleClass]
    unit: Block
    """Of the hours that no band has."""
    free_minutes: int = 0
    free_included: bool = False
    """Whether the free time is charged as well once it is exceeded: then all counts from the entry."""
    first: Block | None = None
    """What the time after the beginning of charging costs before units begin, whatever the hours."""
    bands: tuple[Band, ...] = ()
    period: Period | None = None
    lost_entry_fen: int | None = None
    """What is charged when nobody knows when the car came; else the cap of the first period."""
    monthly_fen: int | None = None
    """What a pass for a month costs; None where none is sold."""

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept."""
        kept = {each.name: getattr(self, each.name) for each in fields(self)}
        return kept | {
            "classes": sorted(self.classes),
            "unit": self.unit.to_json(),
            "first": self.first and self.first.to_json(),
            "bands": [band.to_json() for band in self.bands],
            "period": self.period and self.period.to_json(),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Rate":
        """Read what `to_json` has written; what is missing has its default."""
        first, period = kept.get("first"), kept.get("period")
        read = {
            "classes": frozenset(map(VehicleClass, kept["classes"])),
            "unit": Block(**kept["unit"]),
            "first": first and Block(**first),
            "bands": tuple(map(Band.from_json, kept.get("bands", ()))),
            "period": period and Period.from_json(period),
        }
        return cls(**{**kept, **read})


@dataclass(frozen=True, slots=True)
class Overstay:
    """What standing on at a charging point costs once the car is charged (充电占位费); amounts in fen.

    Beside whatever parking costs: neither its caps nor coupons nor passes touch it.
    """

    unit: Block
    free_minutes: int = 0
    """So long after the end of charging the bay may still be taken; this time is never charged."""
    cap_fen: int | None = None
    """What one time of charging brings at most."""

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept."""
        return {"unit": self.unit.to_json(), "free_minutes": self.free_minutes, "cap_fen": self.cap_fen}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Overstay":
        """Read what `to_json` has written; what is missing has its default."""
        return cls(**{**kept, "unit": Block(**kept["unit"])})


@dataclass(frozen=True, slots=True)
class Tariff:
    """A tariff from a day on."""

    number: int
    effective_on: date
    """It holds for stays that begin on this local day or later, until the next version does."""
    name: Text
    rates: tuple[Rate, ...]
    exempt: frozenset[Exemption] = frozenset()
    nev_discount_bp: int = 0
    """Which share of the fee new-energy vehicles are spared, after coupons, in basis points."""
    merge_minutes: int = 0
    """Who comes back within this time after leaving goes on with the same stay; 0 for nobody does."""
    grace_minutes: int = 15
    """How long one has to leave after paying. The default is what is usual, not a rule."""
    overstay: Overstay | None = None
    """What those pay who stand on at a charging point; None: nothing."""

    def rate_for(self, vehicle: VehicleClass) -> Rate:
        """The rate of a class: its own, else that of the nearest one (`FALLBACKS`).

        Raises LookupError when there is none for small vehicles either, which `checking` refuses.
        """
        own = {each: rate for rate in self.rates for each in rate.classes}
        for each in (vehicle, *FALLBACKS[vehicle]):
            if each in own:
                return own[each]
        raise LookupError(f"no rate for {vehicle}")

    def to_json(self) -> dict[str, Any]:
        """The form in which a stay keeps it."""
        kept = {each.name: getattr(self, each.name) for each in fields(self)}
        return kept | {
            "effective_on": self.effective_on.isoformat(),
            "name": self.name.to_dict(),
            "rates": [rate.to_json() for rate in self.rates],
            "exempt": sorted(self.exempt),
            "overstay": self.overstay and self.overstay.to_json(),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Tariff":
        """Read what `to_json` has written; what is missing has its default."""
        overstay = kept.get("overstay")
        read = {
            "overstay": overstay and Overstay.from_json(overstay),
            "effective_on": date.fromisoformat(kept["effective_on"]),
            "name": Text.of(kept["name"]),
            "rates": tuple(map(Rate.from_json, kept["rates"])),
            "exempt": frozenset(map(Exemption, kept.get("exempt", ()))),
        }
        return cls(**{**kept, **read})

    @staticmethod
    @lru_cache(maxsize=512)
    def from_text(kept: str) -> "Tariff":
        """Read the text of such a document; those that say the same share what comes out."""
        return Tariff.from_json(json.loads(kept))


FALLBACKS: dict[VehicleClass, tuple[VehicleClass, ...]] = {
    VehicleClass.SMALL: (),
    VehicleClass.LARGE: (VehicleClass.SMALL,),
    VehicleClass.NEV_SMALL: (VehicleClass.SMALL,),
    VehicleClass.NEV_LARGE: (VehicleClass.LARGE, VehicleClass.SMALL),
    VehicleClass.MOTORCYCLE: (VehicleClass.SMALL,),
}
"""Whose rate a class without one of its own has."""


def in_force(versions: Collection[Tariff], day: date) -> Tariff | None:
    """The version for stays that begin on a local day; None before the first one."""
    begun = [version for version in versions if version.effective_on <= day]
    return max(begun, key=lambda version: version.effective_on, default=None)
