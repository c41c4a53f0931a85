"""Reads `docs/rights.md`: who is answered what, one row an operation and the object it is about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tests.park.people import HOLDER, NOBODY, PEOPLE
from tests.park.requests import SERVICE, Operation

DOCUMENT = Path(__file__).parents[3] / "docs" / "rights.md"
NOT_THERE = "–"
CALLERS = (NOBODY, *(name for name in PEOPLE if not name.startswith(HOLDER)), HOLDER)
_CELL = re.compile(r"^(\d{3})(?: (.+))?$")


@dataclass(frozen=True)
class Expected:
    """What a cell says: the status, and for some operations how much is shown."""

    status: int
    words: str

    @property
    def is_refusal(self) -> bool:
        """Whether nothing may be shown or changed."""
        return self.status >= 400


@dataclass(frozen=True)
class Row:
    """One operation on one object, with the answer to each caller."""

    operation: Operation
    object: str
    cells: Mapping[str, Expected]

    def __str__(self) -> str:
        return f"{self.operation} [{self.object}]"


def read_rows(text: str) -> list[Row]:
    """All rows of all tables, in their order; ValueError names what cannot be read."""
    rows: list[Row] = []
    header: list[str] = []
    for line in text.splitlines():
        if not line.startswith("|"):
            header = []
            continue
        parts = [part.strip() for part in line.strip().strip("|").split("|")]
        if parts[0] == "Operation":
            header = parts
        elif header and not set(parts[0]) <= {"-", ":"}:
            rows.append(_row(header, parts))
    return rows


def _row(header: list[str], parts: list[str]) -> Row:
    if len(parts) != len(header):
        raise ValueError(f"{parts[0]}: {len(parts)} cells under {len(header)} columns")
    method, _, path = parts[0].strip("`").partition(" ")
    cells = dict(zip(header[2:], parts[2:], strict=True))
    if sorted(cells) != sorted(CALLERS):
        raise ValueError(f"the columns must be {', '.join(CALLERS)}")
    named = f"{method} {path} [{parts[1]}]"
    return Row(
        Operation(path, method),
        parts[1],
        {caller: _expected(named, cell) for caller, cell in cells.items() if cell != NOT_THERE},
    )


def _expected(where: str, cell: str) -> Expected:
    found = _CELL.match(cell)
    if found is None:
        raise ValueError(f"{where}: “{cell}” is no answer; write a status, or {NOT_THERE}")
    return Expected(int(found[1]), found[2] or "")


def spread(rows: list[Row], services: list[str]) -> list[Row]:
    """The rows with one for each service where a path names `{service}`."""
    return [
        replace(row, operation=replace(row.operation, path=row.operation.path.replace(SERVICE, service)))
        for row in rows
        for service in (services if SERVICE in row.operation.path else [""])
    ]
