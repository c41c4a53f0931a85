"""Acts at the same moment: each line is entered once, and no more comes back than was paid."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.testing.databases import Databases
from tests.integration.facilities.machines.after_use.acts import (
    HOURS_PAID,
    back,
    dispute,
    quality,
    recorded,
    used,
)
from tests.integration.facilities.machines.test_statements import wrong_line
from tests.integration.facilities.machines.trade import BORROWER, LENDER, Trade

pytestmark = pytest.mark.postgres


@pytest.fixture
def databases(postgres_databases: Databases) -> Databases:
    """SQLite lets nobody act at the same moment."""
    return postgres_databases


def at_once(*acts: Callable[[], Any]) -> list[int]:
    """The statuses of the answers."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(done.result().status_code for done in [pool.submit(act) for act in acts])


def test_what_is_agreed_twice_at_once_is_entered_once(trade: Trade) -> None:
    booking = used(trade)
    recorded(trade, booking)
    offered = trade.ok(quality(trade, BORROWER, booking, "propose", {"reduction_fen": 700, "text": "毛刺"}))
    assert offered["state"] == "proposed"

    statuses = at_once(*[lambda: quality(trade, LENDER, booking, "agree")] * 5)

    assert statuses[0] == 200 and set(statuses[1:]) <= {409, 412}
    assert back(trade, booking) == [("concession", -700)]


def test_of_many_ratings_and_disputes_at_once_one_counts(trade: Trade) -> None:
    booking = used(trade)
    rated = at_once(*[lambda: trade.act(BORROWER, booking, "ratings", {"stars": 5})] * 5)
    disputed = at_once(*[lambda: dispute(trade, booking)] * 5)

    assert (rated, disputed) == ([201, 409, 409, 409, 409], [201, 409, 409, 409, 409])


def test_a_concession_and_a_claim_at_once_never_exceed_what_was_paid(trade: Trade) -> None:
    booking = used(trade)
    recorded(trade, booking)
    trade.ok(quality(trade, BORROWER, booking, "propose", {"reduction_fen": HOURS_PAID, "text": "报废"}))

    at_once(
        lambda: quality(trade, LENDER, booking, "agree"),
        lambda: dispute(trade, booking, claimed_fen=HOURS_PAID),
    )

    # Whichever came first: a dispute bars the concession, and the concession leaves nothing to claim.
    running = trade.ok(trade.get(BORROWER, "/machine-disputes"))["items"]
    assert (len(running), sum(amount for _, amount in back(trade, booking))) in {(1, 0), (0, -HOURS_PAID)}


def test_a_concession_and_a_correction_at_once_never_exceed_what_was_paid(trade: Trade) -> None:
    booking = used(trade)
    recorded(trade, booking)
    trade.ok(quality(trade, BORROWER, booking, "propose", {"reduction_fen": HOURS_PAID, "text": "报废"}))
    wrong = {"charge_id": wrong_line(trade, booking, "use"), "reason": "误记"}

    statuses = at_once(
        lambda: quality(trade, LENDER, booking, "agree"),
        lambda: trade.act(LENDER, booking, "correct", wrong),
    )

    assert statuses[0] == 200 and statuses[1] in {409, 412, 422}
    assert trade.booking(booking)["balance_fen"] in {0, 15000}
