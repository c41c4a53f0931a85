"""Tariffs that car parks have published, with where they stand: examples to begin with. Pure.

How they are read where they leave something open is said in docs/decisions/0010.
"""

from dataclasses import dataclass
from importlib import resources

import yaml

from facilities.living.parking.tariffs.tariff import Tariff


@dataclass(frozen=True, slots=True)
class Published:
    """A tariff as published and as data."""

    key: str
    source: str
    words: str
    """What the source says, in short."""
    tariff: Tariff


def published() -> dict[str, Published]:
    """All of them by key, read anew."""
    text = resources.files(__package__).joinpath("data", "published.yaml").read_text(encoding="utf-8")
    return {
        each["key"]: Published(
            each["key"], each["source"], each["words"], Tariff.from_json({"number": number} | each["tariff"])
        )
        for number, each in enumerate(yaml.safe_load(text), start=1)
    }
