"""Times of cars at charging points (充电), as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.portal.context import Json


class Phase(StrEnum):
    """How a time at a charging point stands."""

    CHARGING = "charging"
    CHARGED = "charged"
    """The car stands there still, and nothing is charged for that yet."""
    OVERSTAYING = "overstaying"
    """The free time is over."""
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Charge:
    """One time at a charging point."""

    it: Json
    phase: Phase


def phase_of(charge: Json, now: datetime) -> Phase:
    """How it stands at a moment; nobody overstays where nothing says until when the bay is free of charge."""
    if charge["freed_at"]:
        return Phase.GONE
    if not charge["ended_at"]:
        return Phase.CHARGING
    until = charge["free_until"]
    over = until is not None and datetime.fromisoformat(until) <= now
    return Phase.OVERSTAYING if over else Phase.CHARGED


def charges_of(found: Iterable[Json], now: datetime) -> list[Charge]:
    """Each of them with how it stands."""
    return [Charge(each, phase_of(each, now)) for each in found]
