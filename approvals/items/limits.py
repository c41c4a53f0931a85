"""Time limits of an item, exactly as law or promise words them."""

from dataclasses import dataclass
from typing import Literal

from shared.text import Text

Unit = Literal["working_day", "natural_day", "hour", "immediate"]


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit exactly as worded: `n` of `unit`; `on_the_spot` when that is the rule and `n` the rest."""

    n: int
    unit: Unit
    verified: bool
    basis: Text | None
    note: Text | None = None
    on_the_spot: bool = False
    extension: "Limit | None" = None
    from_receipt: bool = False
    """It runs from the receipt of the application, not from its acceptance."""

    @property
    def text(self) -> Text:
        """The limit in words, for example `3个工作日`."""
        if self.unit == "immediate":
            return Text("即时办理", "On the spot")
        zh = {"working_day": "个工作日", "natural_day": "日", "hour": "小时"}[self.unit]
        en = {"working_day": "working day", "natural_day": "day", "hour": "hour"}[self.unit]
        words = Text(f"{self.n}{zh}", f"{self.n} {en}{'' if self.n == 1 else 's'}")
        if self.on_the_spot:
            return Text(f"当场办理，否则{words.zh}", f"On the spot, otherwise {words.en}")
        return words


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of an item; `delivery` runs from the granting decision, `intake` from receipt."""

    statutory: Limit | None = None
    promised: Limit | None = None
    intake: Limit | None = None
    delivery: Limit | None = None

    def get(self, key: str | None) -> Limit | None:
        """The limit called `key` (statutory, promised, intake, delivery), or None."""
        found = {
            "statutory": self.statutory,
            "promised": self.promised,
            "intake": self.intake,
            "delivery": self.delivery,
        }
        return found.get(key) if key else None
