"""Money between a firm and the platform: the rules."""

from datetime import UTC, date, datetime

import pytest

from facilities.capacity.posting import Reason, countered, paid
from facilities.production.payments.rules import Direction, require_owed, require_past, said, signed_fen
from shared.errors import Conflict, InvalidInput
from shared.ids import new_id
from shared.text import Text

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
FIRM = "91990101MA0DEM048E"


def test_what_comes_lowers_what_the_firm_owes_and_what_goes_raises_it() -> None:
    for direction, owed in ((Direction.RECEIVED, -500), (Direction.PAID_OUT, 500)):
        what = said(direction, date(2026, 11, 20), "A1")
        line = paid(new_id(), FIRM, signed_fen(direction, 500), AT, what)
        assert (line.amount_fen, line.reason, line.other) == (owed, Reason.PAYMENT, "")
        assert "2026-11-20" in line.what.zh and "A1" in line.what.en
        (counter,) = countered([line], 1, AT, Text("更正", "Correction"))
        assert counter.amount_fen == -owed and counter.corrects == 1
        with pytest.raises(Conflict):
            countered([line, counter], 1, AT, Text("更正", "Correction"))


@pytest.mark.parametrize("balance", [0, 1, 500, -499])
def test_no_more_goes_than_is_owed(balance: int) -> None:
    with pytest.raises(Conflict) as refused:
        require_owed(Direction.PAID_OUT, 500, balance)
    assert refused.value.code == "more-than-owed"
    require_owed(Direction.RECEIVED, 500, balance)
    require_owed(Direction.PAID_OUT, 500, -500)


def test_the_day_is_not_to_come() -> None:
    require_past(date(2026, 11, 23), date(2026, 11, 23))
    with pytest.raises(InvalidInput):
        require_past(date(2026, 11, 24), date(2026, 11, 23))
