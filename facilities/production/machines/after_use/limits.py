"""For how long what may be done after a use, read from `data/after_use.yaml`: the park's own rules."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class AfterUse:
    """Limits in natural days, and how much one dispute may hold."""

    answer_days: int
    dispute_days: int
    dispute_answer_days: int
    rating_days: int
    most_evidence: int

    @property
    def to_answer(self) -> timedelta:
        """For a quality result, and for an offer of money."""
        return timedelta(days=self.answer_days)

    @property
    def to_dispute(self) -> timedelta:
        """From the end of the booking on."""
        return timedelta(days=self.dispute_days)

    @property
    def to_answer_dispute(self) -> timedelta:
        """For the other side, before it may be decided without its answer."""
        return timedelta(days=self.dispute_answer_days)

    @property
    def to_rate(self) -> timedelta:
        """From the end of the booking, or of a dispute on it, on."""
        return timedelta(days=self.rating_days)


@cache
def limits() -> AfterUse:
    """The limits as shipped; read once."""
    data = files("facilities.production.machines").joinpath("data/after_use.yaml").read_text("utf-8")
    return AfterUse(**yaml.safe_load(data))
