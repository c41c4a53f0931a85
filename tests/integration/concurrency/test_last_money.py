"""Two decisions for the last money of a budget: one is made, the other is told that too little is left."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from approvals.funds.model import FundBudget
from shared.actor import SYSTEM
from shared.clock import ManualClock
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.conftest import MONDAY_MORNING
from tests.integration.approvals import funds
from tests.integration.approvals.people import AGENT, APPROVER
from tests.integration.concurrency.at_once import at_once
from tests.park.park import Park
from tests.park.people import actor
from tests.park.requests import Request

pytestmark = pytest.mark.postgres


@pytest.fixture
def park(postgres_databases: Databases, tmp_path: Path) -> Iterator[Park]:
    """The park on PostgreSQL, where commands run side by side."""
    factory = SystemFactory(postgres_databases, tmp_path, ManualClock(MONDAY_MORNING))
    with capture_logs():
        yield Park(factory)
        factory.close()


def test_of_two_decisions_for_the_last_money_one_gets_it(park: Park) -> None:
    park.found_organisations()
    (rival,) = park.ask("rival", "GET", "/me").get_json()["memberships"]
    sides = ((AGENT, park.on_behalf_of), (actor("rival"), rival["organisation"]["uscc"]))
    requests = []
    for member, uscc in sides:
        case_id = funds.examined(park, member, uscc)
        funds.let_the_notice_end(park.system, case_id)
        park.claim(APPROVER, case_id)
        etag = park.get(APPROVER, f"/cases/{case_id}").headers["ETag"]
        options = {"json": {"granted": True}, "headers": {"If-Match": etag}}
        requests.append(Request("POST", f"/enterprise/cases/{case_id}/decide", options))
    key = {"item_code": funds.FUNDS, "clause": "rd_subsidy", "year": 2026}
    with park.system.runtime("enterprise").transaction(SYSTEM) as tx:
        tx.session.add(FundBudget(**key, total_fen=2 * funds.ASKED_FEN - 1, granted_fen=0))

    answers = at_once(park, "holder of decision", requests)

    assert sorted(answer.status_code for answer in answers) == [200, 409], [a.text for a in answers]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert loser.json["type"].endswith(":budget-exhausted")
    with park.system.runtime("enterprise").read() as session:
        assert session.scalar(sa.select(FundBudget.granted_fen)) == funds.ASKED_FEN
