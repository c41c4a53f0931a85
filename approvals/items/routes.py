"""The ways of filing (ordinary, or on a written promise), and checks on the spot; immutable once loaded."""

from dataclasses import dataclass
from typing import Literal

from approvals.items.limits import Limit
from shared.text import Text

Route = Literal["ordinary", "promise"]


@dataclass(frozen=True, slots=True)
class OnSite:
    """That a step goes to the place itself, and how many officials at least do so together."""

    least: int
    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a promise: a condition that is told, or something that is promised."""

    text: Text
    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class Promise:
    """The way of filing on a written promise (告知承诺): what is told and promised, and its own limits.

    `statutory` and `promised_limit` take the place of the item's on this route; `check` is the time for the
    later check (核查), from the granting decision.
    """

    told: tuple[Said, ...]
    promised: tuple[Said, ...]
    consequences: Said
    statutory: Limit
    promised_limit: Limit | None
    check: Limit
