"""Anchors that somebody kept outside the database: lines of the log or of `yuanban audit anchors`."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Witness:
    """What was kept of one anchor."""

    service: str
    number: int
    day: str
    hash: str


def read_witnesses(lines: Iterable[str]) -> Iterator[Witness]:
    """The anchors among lines of JSON; whatever else a log says is passed over."""
    for line in lines:
        try:
            said = json.loads(line)
            yield Witness(str(said["service"]), int(said["number"]), str(said["day"]), str(said["hash"]))
        except (ValueError, KeyError, TypeError):
            continue
