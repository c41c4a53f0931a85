"""Why a licence may be revoked, and how long its holder has to speak: data, read from `data/grounds.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from shared.text import Text

Discretion = Literal["may", "shall"]


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground: `may` be revoked or `shall` be, and whether it is an act of the officials themselves."""

    key: str
    text: Text
    basis: Text
    discretion: Discretion
    own_act: bool
    by_hand: bool
    """Whether officials may name it; others are named by the part of the platform that knows of them."""
    verified: bool


@dataclass(frozen=True, slots=True)
class DropReason:
    """Why it is not revoked after all, and for grounds of which discretion that is open."""

    key: str
    text: Text
    only: frozenset[str]


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A time in working days, counted from the day after the notice; unverified ones are the park's own."""

    n: int
    verified: bool


@dataclass(frozen=True, slots=True)
class RevocationRules:
    """All that is data about revocations."""

    grounds: Mapping[str, Ground]
    consequences: Mapping[Discretion, Text]
    dropped_for: Mapping[str, DropReason]
    statement: WorkingDays
    decision: WorkingDays
    remedies: Text


@cache
def load_rules() -> RevocationRules:
    """The rules as shipped; read once, the same immutable object afterwards."""
    data = yaml.safe_load(Path(__file__).with_name("data").joinpath("grounds.yaml").read_text("utf-8"))
    return RevocationRules(
        grounds={
            key: Ground(
                key=key,
                text=Text.of(each["text"]),
                basis=Text.of(each["basis"]),
                discretion=each["discretion"],
                own_act=each["own_act"],
                by_hand=each["by_hand"],
                verified=each["verified"],
            )
            for key, each in data["grounds"].items()
        },
        consequences={key: Text.of(each) for key, each in data["consequences"].items()},
        dropped_for={
            key: DropReason(key, Text.of(each["text"]), frozenset(each["only"]))
            for key, each in data["dropped_for"].items()
        },
        statement=_days(data["statement"]),
        decision=_days(data["decision"]),
        remedies=Text.of(data["remedies"]),
    )


def _days(value: Mapping[str, object]) -> WorkingDays:
    if value["unit"] != "working_day":
        raise ValueError(f"times of revocations are counted in working days, not in {value['unit']}")
    return WorkingDays(int(str(value["n"])), bool(value["verified"]))
