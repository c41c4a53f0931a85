"""The run log (运行记录) of a use, as the form for its end takes it: rows of beginnings and ends."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from gateway.portal.context import Json
from gateway.portal.controls import Control, Typed, local_of, read, typed_in

_MOST = 200


@dataclass(frozen=True, slots=True)
class Runs:
    """Rows of the log as they were typed; those that are empty say nothing."""

    typed: Typed
    length: int

    @classmethod
    def usual(cls, booking: Json) -> "Runs":
        """One row, which begins when the machine was handed over."""
        started = booking["started_at"]
        return cls({"runs.0.started_at": local_of(started) if started else "", "runs.0.ended_at": ""}, 1)

    @classmethod
    def posted(cls, form: MultiDict[str, str]) -> "Runs":
        """The rows of a form that have anything in them, one after another."""
        typed: Typed = {}
        kept = 0
        for number in range(_MOST):
            row = list(_row(number))
            if not any(each.name in form for each in row):
                break
            said = typed_in(row, form)
            if any(said.values()):
                values = said.values()
                typed |= {each.name: value for each, value in zip(_row(kept), values, strict=True)}
                kept += 1
        return cls(typed, kept)

    def longer(self) -> "Runs":
        """The same with an empty row."""
        return Runs(self.typed, min(self.length + 1, _MOST))

    @property
    def rows(self) -> list[tuple[Control, ...]]:
        """The controls row by row; one row at least."""
        return [tuple(_row(number)) for number in range(max(self.length, 1))]

    @property
    def controls(self) -> list[Control]:
        """All of them."""
        return [each for row in self.rows for each in row]

    def read(self, machine_id: str) -> tuple[Json, Mapping[str, str]]:
        """The request, and the page's own sentences by pointer."""
        runs: list[Json] = []
        own: dict[str, str] = {}
        for number, row in zip(range(self.length), map(_row, count()), strict=False):
            body, said = read(row, self.typed)
            own |= said
            runs.append({"machine_id": machine_id, **body["runs"][str(number)]})
        return {"runs": runs}, own


def _row(number: int) -> Iterator[Control]:
    said = number + 1
    yield Control(
        f"runs.{number}.started_at", _("Run %(number)d, beginning", number=said), "moment", required=True
    )
    yield Control(f"runs.{number}.ended_at", _("Run %(number)d, end", number=said), "moment", required=True)
