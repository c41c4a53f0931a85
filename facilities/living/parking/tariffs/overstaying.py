"""Standing on at a charging point after charging has ended (充电占位): from when, how much of it. Pure.

Time is counted in whole minutes since the end of charging, as that of parking is since the entry. Which units
there are follows from that end alone; a later end of standing there adds units and takes none away.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from facilities.living.parking.tariffs.tariff import Overstay, Tariff
from facilities.living.parking.vehicles import Exemption

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Charging:
    """A time at a charging point that is over as far as charging goes."""

    bay: str
    """The number of the bay."""
    ended_at: datetime
    """When the car was charged, or was taken off the point."""
    freed_at: datetime | None = None
    """When the bay was free again; None while the car stands there."""

    def to_json(self) -> dict[str, Any]:
        """The form in which it is kept."""
        freed = None if self.freed_at is None else self.freed_at.isoformat()
        return {"bay": self.bay, "ended_at": self.ended_at.isoformat(), "freed_at": freed}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Charging":
        """Read what `to_json` has written."""
        freed = kept["freed_at"]
        ended = datetime.fromisoformat(kept["ended_at"])
        return cls(kept["bay"], ended, None if freed is None else datetime.fromisoformat(freed))


@dataclass(frozen=True, slots=True)
class Overstayed:
    """What of one time at a charging point is charged."""

    bay: str
    since: datetime
    """When the free time was over."""
    count: int
    """How many units have begun."""
    fen: int
    """What they cost."""
    capped_fen: int
    """What they cost when the cap is kept."""


def rule_for(tariff: Tariff | None, exemption: Exemption | None) -> Overstay | None:
    """What a vehicle pays for standing on; None where it pays nothing."""
    exempt = tariff is not None and exemption is not None and exemption in tariff.exempt
    return None if tariff is None or exempt else tariff.overstay


def free_until(rule: Overstay, ended_at: datetime) -> datetime:
    """Until when a bay may be taken after charging."""
    return ended_at + rule.free_minutes * MINUTE


def overstayed(rule: Overstay, times: Iterable[Charging], until: datetime) -> Iterator[Overstayed]:
    """Those of these times that are charged, when a stay lasts until a moment."""
    for each in times:
        stop = until if each.freed_at is None else min(each.freed_at, until)
        over = (stop - each.ended_at) // MINUTE - rule.free_minutes
        if over > 0:
            count = -(-over // rule.unit.minutes)
            fen = count * rule.unit.fen
            capped = fen if rule.cap_fen is None else min(fen, rule.cap_fen)
            yield Overstayed(each.bay, free_until(rule, each.ended_at), count, fen, capped)
