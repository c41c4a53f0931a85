"""Everything that can be done to machines and their bookings: what the trail has to know of."""

from shared.actor import Actor
from shared.clock import ManualClock
from shared.testing.systems import SystemUnderTest
from tests.integration.assembly import Assembly
from tests.integration.facilities.machines.after_use.acts import (
    OPERATOR,
    argue,
    dispute,
    evidence,
    on_rating,
    quality,
    recorded,
    report,
)
from tests.integration.facilities.machines.trade import (
    BORROWER,
    CUSTOMER,
    LENDER,
    OTHER,
    OWNER,
    THIRD,
    Trade,
    described,
    member,
)
from tests.unit.material_samples import pdf

MANAGER = member(roles=("manager",))


def trade_in_machines(system: SystemUnderTest, clock: ManualClock) -> Trade:
    """From the crew to the last booking; takes eight hours of a working day, and leaves one booking ahead."""
    trade = Trade(Assembly(system, clock), clock)
    crew = trade.ok(
        trade.ask(
            LENDER,
            "POST",
            "/machine-crews",
            json={"owner": OWNER, "name": {"zh": "甲班", "en": "Crew A"}, "people": 2},
        )
    )
    machine = trade.machine(crew_id=crew["id"])
    _keep(trade, machine)
    _subscribe(trade, machine)
    used, missed = _book(trade, machine)
    _afterwards(trade, used, missed)
    _pay(trade)
    return trade


def _pay(trade: Trade) -> None:
    """What came from a firm is entered, and taken back."""
    paid = {"direction": "received", "amount_fen": 100, "paid_on": trade.at(0)[:10], "reference": "A1"}
    entered = trade.ok(trade.ask(MANAGER, "POST", "/firm-payments", json={"firm": CUSTOMER, **paid}))
    path = f"/firm-payments/{entered['id']}/take-back"
    trade.ok(trade.ask(MANAGER, "POST", path, json={"reason": "误记"}))


def _keep(trade: Trade, machine: str) -> None:
    """What its owner does with a machine."""
    body = {key: value for key, value in described().items() if key not in {"owner", "price"}}
    trade.ok(trade.on_machine(LENDER, machine, "", {**body, "note": "新换主轴"}, method="PUT"))
    price = {**described()["price"], "unit_fen": 30000, "effective_on": "2026-12-01"}
    trade.ok(trade.on_machine(LENDER, machine, "prices", price))
    closed = {"starts_at": trade.at(96), "ends_at": trade.at(100), "capacity": 0, "reason": "检修"}
    closure = trade.ok(trade.on_machine(LENDER, machine, "closures", closed))
    trade.ok(trade.on_machine(LENDER, machine, f"closures/{closure['id']}", method="DELETE"))
    trade.ok(trade.on_machine(LENDER, machine, "withdraw", {}))
    trade.ok(trade.on_machine(LENDER, machine, "publish", {}))


def _subscribe(trade: Trade, machine: str) -> None:
    """A calendar feed, its second address, and its end."""
    body = {"owner": OWNER, "machine_id": machine}
    feed = trade.ok(trade.ask(LENDER, "POST", "/machine-feeds", json=body))
    for number, verb in enumerate(("renew", "revoke"), start=1):
        path = f"/machine-feeds/{feed['id']}/{verb}"
        trade.ok(trade.ask(LENDER, "POST", path, headers={"If-Match": f'"{number}"'}))


def _book(trade: Trade, machine: str) -> tuple[str, str]:
    """Every way that a booking may take; one is left to expire, and one for tomorrow stays.

    Returns the one that was used, and the one to which nobody came.
    """
    used, missed = trade.booked(machine, 2, 4), trade.booked(machine, 5, 6)
    given_up = trade.booked(machine, 24, 26)
    trade.ok(trade.act(BORROWER, given_up, "move", {"starts_at": trade.at(24), "ends_at": trade.at(27)}))
    trade.ok(trade.act(BORROWER, given_up, "cancel"))
    unwanted = trade.ok(trade.hold(machine, 24, 26))["id"]
    trade.ok(trade.act(BORROWER, unwanted, "confirm"))
    trade.ok(trade.act(LENDER, unwanted, "reject", {"reason": "自用"}))
    trade.booked(machine, 28, 30)
    trade.booked(trade.machine(rules={"needs_approval": False}), 28, 30)
    _again(trade, trade.machine(), trade.machine(rules={"needs_approval": False}))
    _wait(trade, machine)
    trade.ok(trade.hold(machine, 48, 50))
    trade.go_to(2)
    trade.assembly.system.settle()
    trade.ok(trade.act(LENDER, used, "start"))
    scanned = trade.machine(
        rules={"needs_approval": False, "notice_min": 0, "set_up_min": 0, "no_show_min": 60}
    )
    code = {"token": trade.ok(trade.get(LENDER, f"/machines/{scanned}/check-in-code"))["token"]}
    inside = trade.booked(scanned, 2, 3)
    trade.booked(scanned, 3, 4)  # nobody comes, and it is let go
    trade.booked(scanned, 28, 30)  # waits for whoever comes
    trade.ok(trade.act(BORROWER, inside, "check-in", code))
    trade.go_to(3)
    trade.ok(trade.act(BORROWER, inside, "check-out", code))
    trade.go_to(4)
    trade.ok(trade.act(LENDER, used, "finish"))
    line = {"charge_id": trade.booking(used)["charges"][0]["id"], "reason": "误记"}
    trade.ok(trade.act(LENDER, used, "correct", line))
    trade.assembly.system.settle()
    trade.go_to(5.5)
    trade.ok(trade.act(LENDER, missed, "no-show"))
    return used, missed


def _afterwards(trade: Trade, used: str, missed: str) -> None:
    """What the two sides say of what was made and of each other; some of it is left to the clock."""
    recorded(trade, used)
    trade.ok(report(trade, used, pdf()))
    proposal = {"reduction_fen": 1000, "text": "毛刺"}
    trade.ok(quality(trade, BORROWER, used, "propose", proposal))
    trade.ok(quality(trade, LENDER, used, "decline"))
    trade.ok(quality(trade, BORROWER, used, "propose", proposal))
    trade.ok(quality(trade, LENDER, used, "agree"))
    trade.ok(trade.act(BORROWER, used, "ratings", {"stars": 4, "text": "精度好"}))
    ratings = trade.ok(trade.act(LENDER, used, "ratings", {"stars": 5}))["items"]
    rating = next(each["id"] for each in ratings if each["by"] == "customer")
    trade.ok(on_rating(trade, LENDER, rating, "answer", {"text": "谢谢"}))
    trade.ok(on_rating(trade, OPERATOR, rating, "hide", {"reason": "含有个人信息"}))
    _argue(trade, used, missed)
    other = trade.booked(trade.machine(rules={"needs_approval": False, "set_up_min": 0}), 6.5, 7.5)
    trade.go_to(6.5)
    trade.ok(trade.act(LENDER, other, "start"))
    trade.ok(trade.act(LENDER, other, "finish"))
    recorded(trade, other)
    trade.ok(quality(trade, BORROWER, other, "accept"))
    recorded(trade, _left_alone(trade))


def _left_alone(trade: Trade) -> str:
    """A use that one side has rated and nobody speaks of any more."""
    left = trade.booked(trade.machine(rules={"needs_approval": False, "set_up_min": 0}), 8, 9)
    trade.go_to(8)
    trade.ok(trade.act(LENDER, left, "start"))
    trade.ok(trade.act(LENDER, left, "finish"))
    trade.ok(trade.act(LENDER, left, "ratings", {"stars": 5}))
    return left


def _argue(trade: Trade, used: str, missed: str) -> None:
    """One dispute is withdrawn, one settled, one decided."""
    first = trade.ok(dispute(trade, used, claimed_fen=500))["id"]
    trade.ok(argue(trade, LENDER, first, "offers", {"amount_fen": 100}))
    trade.ok(argue(trade, BORROWER, first, "decline"))
    trade.ok(argue(trade, BORROWER, first, "withdraw"))
    settled = trade.ok(dispute(trade, used, claimed_fen=500))["id"]
    trade.ok(evidence(trade, BORROWER, settled, 1))
    trade.ok(argue(trade, LENDER, settled, "offers", {"amount_fen": 100}))
    trade.ok(argue(trade, BORROWER, settled, "agree"))
    decided = trade.ok(dispute(trade, missed, claimed_fen=500))["id"]
    trade.ok(argue(trade, LENDER, decided, "statements", {"text": "客户未到场"}))
    trade.ok(argue(trade, OPERATOR, decided, "decide", {"amount_fen": 200, "reason": "通知有误"}))


def _again(trade: Trade, approved: str, at_once: str) -> None:
    """Every way that a series may take; one ends with its firm, one is extended and expires."""

    def act(actor: Actor, series: str, verb: str, **body: object) -> None:
        path = f"/machine-series/{series}"
        version = trade.get(actor, path).headers["ETag"]
        trade.ok(trade.ask(actor, "POST", f"{path}/{verb}", json=body, headers={"If-Match": version}))

    def book(machine: str, days: int, count: int = 3, actor: Actor = BORROWER, firm: str = CUSTOMER) -> str:
        times = {"starts_at": trade.at(24 * days), "ends_at": trade.at(24 * days + 2)}
        body = {"machine_id": machine, "on_behalf_of": firm, "rule": f"FREQ=WEEKLY;COUNT={count}", **times}
        made: str = trade.ok(trade.ask(actor, "POST", "/machine-series", json=body))["id"]
        return made

    act(LENDER, book(approved, 1), "approve")
    act(LENDER, book(approved, 2), "reject", reason="自用")
    series = book(at_once, 1)
    act(BORROWER, series, "change", scope="all", since="14:00", length_min=60)
    act(BORROWER, series, "cancel", scope="all")
    book(at_once, 2, 6)
    book(approved, 3, 6, OTHER, THIRD)


def _wait(trade: Trade, machine: str) -> None:
    """One who waits is served, one leaves, and the time of one comes."""
    taken = trade.booked(machine, 52, 55)
    body = {"machine_id": machine, "on_behalf_of": THIRD}
    waits = []
    for start, end in ((52, 54), (53, 55), (2, 3)):
        wish = {**body, "starts_at": trade.at(start), "ends_at": trade.at(end)}
        waits.append(trade.ok(trade.ask(OTHER, "POST", "/machine-waitlist", json=wish))["id"])
    path = f"/machine-waitlist/{waits[1]}/leave"
    trade.ok(trade.ask(OTHER, "POST", path, json={}, headers={"If-Match": '"1"'}))
    trade.ok(trade.act(BORROWER, taken, "cancel"))


def close_a_firm(trade: Trade) -> None:
    """The register says that the firm which has booked is closed."""
    trade.register(CUSTOMER, status="closed", sequence=2)
