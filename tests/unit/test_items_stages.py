"""Whether stages fit into a limit: never by converting a unit, only by what is certain."""

import pytest

from approvals.items.model import Limit, Unit
from approvals.items.stages import longer


def _limit(n: int, unit: Unit) -> Limit:
    return Limit(n, unit, verified=False, basis=None)


@pytest.mark.parametrize(
    ("parts", "whole", "wrong"),
    [
        ([(1, "working_day"), (1, "working_day")], (2, "working_day"), None),
        ([(2, "working_day"), (1, "working_day")], (2, "working_day"), "take longer"),
        ([(1, "natural_day"), (1, "working_day")], (2, "working_day"), None),
        ([(1, "working_day")], (7, "natural_day"), "cannot be compared"),
        ([(7, "natural_day")], (7, "natural_day"), None),
        ([(4, "hour"), (20, "hour")], (1, "working_day"), None),
        ([(5, "hour"), (20, "hour")], (1, "working_day"), "take longer"),
        ([(0, "immediate"), (1, "working_day"), (1, "hour")], (1, "working_day"), "take longer"),
        ([(0, "immediate"), (4, "hour")], (4, "hour"), None),
        ([(3, "hour"), (2, "hour")], (4, "hour"), "take longer"),
        ([(1, "natural_day")], (48, "hour"), "only stages in hours"),
        ([(0, "immediate")], (0, "immediate"), None),
        ([(1, "hour")], (0, "immediate"), "take longer"),
    ],
)
def test_stages_that_together_take_longer_than_the_promise_are_seen_in_every_unit(
    parts: list[tuple[int, Unit]], whole: tuple[int, Unit], wrong: str | None
) -> None:
    found = longer([_limit(*part) for part in parts], _limit(*whole))
    assert (found is None) if wrong is None else (found is not None and wrong in found)
