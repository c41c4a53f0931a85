"""Random lives of a booking: whatever is done in whatever order, nobody gets too much and the books agree."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from facilities.capacity.posting import Side
from facilities.production.machines.model import Charge
from facilities.production.service import service as production
from facilities.production.statements.model import PostingLine
from notifications.service import service as notifications
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.assembly import Assembly, publisher
from tests.integration.facilities.machines.after_use.acts import OPERATOR, argue, dispute, quality
from tests.integration.facilities.machines.trade import BORROWER, LENDER, Trade, member

MANAGER = member(roles=("manager",))
SIDES = (BORROWER, LENDER)
CANCELLATION = {
    "tiers": [{"hours": 24, "price_percent": 100}, {"hours": 4, "price_percent": 33}],
    "late_deposit_percent": 50,
    "no_show_deposit_percent": 50,
    "no_show_fee_fen": 7001,
}
PIECES = {"accepted_pieces": 1, "rejected_pieces": 1}


class Life:
    """One booking, and what is done to it: allowed or not, by whoever may or may not."""

    def __init__(self, trade: Trade, chance: random.Random) -> None:
        self.trade, self.chance = trade, chance
        rules = {"needs_approval": chance.random() < 0.5}
        machine = trade.machine(rules=rules, cancellation=CANCELLATION, price={"early_percent": 50})
        self.id = trade.booked(machine, 24, 27)

    @property
    def acts(self) -> list[Callable[[], Any]]:
        """What may be next; what brings it to its end is rarer than what is done then."""
        often = (self.move, self.use, self.correct, self.quality, self.dispute)
        return [*often, *often, self.decide, self.cancel, self.finish, self.wait]

    def now(self) -> Any:
        return self.trade.booking(self.id)

    def act(self, verb: str, body: Any = None, *, by: Any = LENDER) -> Any:
        return self.trade.act(by, self.id, verb, body)

    def fen(self) -> int:
        """About as much as is left."""
        left: int = self.now()["balance_fen"]
        return max(0, left + self.chance.choice([0, 0, -1, -5000, 1]))

    def move(self) -> Any:
        day = self.chance.randint(1, 20) * 24
        ends_at = self.trade.at(day + self.chance.randint(1, 5))
        return self.act(
            "move", {"starts_at": self.trade.at(day), "ends_at": ends_at}, by=self.chance.choice(SIDES)
        )

    def decide(self) -> Any:
        if self.chance.random() < 0.5:
            return self.act("reject", {"reason": "排产"})
        return self.act("approve")

    def cancel(self) -> Any:
        return self.act("cancel", by=self.chance.choice(SIDES))

    def use(self) -> Any:
        begins = datetime.fromisoformat(self.now()["starts_at"])
        if self.now()["state"] == "confirmed":
            self.trade.clock.set(max(self.trade.clock.now(), begins))
        return self.act(self.chance.choice(["start", "start", "no-show"]))

    def finish(self) -> Any:
        return self.act("finish")

    def wait(self) -> Any:
        self.trade.clock.set(self.trade.clock.now() + timedelta(hours=self.chance.choice([1, 3, 20])))
        self.trade.assembly.system.settle()
        return self.act("approve")

    def correct(self) -> Any:
        charges = self.now()["charges"]
        if not charges:
            return self.wait()
        line = self.chance.choice(charges)
        most = abs(line["amount_fen"])
        instead = self.chance.choice([0, most // 2, max(most - 1, 0)])
        body = {"charge_id": line["id"], "reason": "误记", "instead_fen": instead}
        return self.act("correct", body, by=self.chance.choice([LENDER, MANAGER]))

    def quality(self) -> Any:
        quality(self.trade, LENDER, self.id, body=PIECES)
        quality(self.trade, BORROWER, self.id, "propose", {"reduction_fen": self.fen(), "text": "毛刺"})
        if self.chance.random() < 0.5:
            self.correct()
        return quality(self.trade, LENDER, self.id, "agree")

    def dispute(self) -> Any:
        made = dispute(self.trade, self.id, self.chance.choice(SIDES), claimed_fen=self.fen())
        if made.status_code >= 400:
            return made
        found = made.get_json()["id"]
        if self.chance.random() < 0.5:
            argue(self.trade, BORROWER, found, "offers", {"amount_fen": self.fen()})
            self.correct()
            return argue(self.trade, LENDER, found, "agree")
        self.trade.clock.set(self.trade.clock.now() + timedelta(days=8))
        return argue(self.trade, OPERATOR, found, "decide", {"amount_fen": self.fen(), "reason": "检测"})


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(16))
def test_nobody_gets_too_much_and_the_books_agree(
    make_sqlite_system: SystemFactory, clock: ManualClock, seed: int
) -> None:
    chance = random.Random(seed)
    trade = Trade(Assembly(make_sqlite_system([publisher, production, notifications]), clock), clock)
    life = Life(trade, chance)
    done = []
    for _ in range(25):
        act = chance.choice(life.acts)
        answer = act()
        balance = life.now()["balance_fen"]
        done.append((act.__name__, answer.status_code, life.now()["state"], balance))
        assert answer.status_code < 500 and balance >= 0, done
    trade.assembly.system.settle()
    with trade.assembly["production"].read() as session:
        lines = session.scalars(sa.select(PostingLine)).all()
        charged = session.scalar(sa.select(sa.func.sum(Charge.amount_fen))) or 0
    assert sum(each.amount_fen for each in lines if each.side is Side.CUSTOMER) == charged
    between = [each for each in lines if each.side is not Side.COMMISSION and each.other]
    assert sum(each.amount_fen for each in between) == 0
