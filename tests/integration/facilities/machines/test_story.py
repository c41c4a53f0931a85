"""A machine is listed, found, booked, approved, used and paid for."""

from tests.integration.facilities.machines.trade import BORROWER, LENDER, OTHER, Trade


def test_two_firms_complete_the_trade(trade: Trade) -> None:
    machine = trade.machine()

    found = trade.ok(
        trade.get(
            BORROWER,
            "/machines",
            process="five_axis",
            material="titanium",
            accuracy_um=5,
            travel_x_mm=700,
            starts_at=trade.at(24),
            ends_at=trade.at(27),
            with_operator=True,
        )
    )["items"]
    assert [(hit["id"], hit["available"], hit["free"]) for hit in found] == [(machine, True, 1)]
    # Three hours at 280 yuan, an operator at 60, set-up once.
    assert found[0]["quote_fen"] == 3 * 28000 + 3 * 6000 + 15000

    held = trade.ok(trade.hold(machine, 24, 27, with_operator=True, purpose="减速器壳体试制"))
    assert (held["state"], held["price_fen"], held["deposit_fen"]) == ("held", 117000, 100000)
    assert held["charges"] == [] and set(held["actions"]) == {"confirm", "move", "cancel"}
    booking = held["id"]
    assert trade.ok(trade.act(BORROWER, booking, "confirm"))["state"] == "pending"
    approved = trade.ok(trade.act(LENDER, booking, "approve"))
    assert approved["state"] == "confirmed" and approved["balance_fen"] == 217000

    trade.go_to(24)
    assert trade.ok(trade.act(LENDER, booking, "start"))["state"] == "in_use"
    trade.go_to(27.75)
    runs = [{"machine_id": machine, "started_at": trade.at(24), "ended_at": trade.at(27.5)}]
    done = trade.ok(trade.act(LENDER, booking, "finish", {"runs": runs}))

    assert done["state"] == "done"
    assert trade.lines(booking) == [
        ("use", 84000),
        ("operator", 18000),
        ("set_up", 15000),
        ("deposit", 100000),
        ("overtime", 21000),
        ("deposit_back", -100000),
    ]
    assert done["balance_fen"] == 117000 + 21000
    assert [each["step"] for each in done["history"]] == [
        "held",
        "requested",
        "approved",
        "started",
        "finished",
    ]


def test_both_sides_hear_of_every_step(trade: Trade) -> None:
    booking = trade.booked(trade.machine(), 24, 27)
    trade.ok(trade.act(BORROWER, booking, "cancel", {"reason": "样件未到"}))
    trade.assembly.system.settle()

    assert len(trade.inbox(BORROWER)) == 3 and len(trade.inbox(LENDER)) == 3
    assert trade.inbox(OTHER) == []


def test_what_is_booked_keeps_its_price(trade: Trade) -> None:
    machine = trade.machine(rules={"needs_approval": False})
    before = trade.booked(machine, 48, 50)
    tomorrow = {"unit": "hour", "unit_fen": 50000, "effective_on": "2026-11-24"}
    trade.ok(trade.on_machine(LENDER, machine, "prices", tomorrow))

    today = trade.ok(trade.hold(machine, 2, 4))
    later = trade.ok(trade.hold(machine, 52, 54))

    assert trade.booking(before)["price_fen"] == 2 * 28000 + 15000
    assert today["price_fen"] == 2 * 28000 + 15000
    assert later["price_fen"] == 2 * 50000
    listed = trade.ok(trade.get(BORROWER, f"/machines/{machine}/prices"))["items"]
    assert [each["number"] for each in listed] == [2, 1]


def test_an_early_end_gives_the_rest_to_others(trade: Trade) -> None:
    machine = trade.machine(rules={"needs_approval": False, "set_up_min": 0})
    booking = trade.booked(machine, 24, 30)
    trade.go_to(24)
    trade.ok(trade.act(LENDER, booking, "start"))
    trade.go_to(26)
    trade.ok(trade.act(LENDER, booking, "finish"))

    assert trade.ok(trade.hold(machine, 27, 29))["state"] == "held"
    assert len(trade.booking(booking)["runs"]) == 1


def test_a_crew_works_one_machine_at_a_time(trade: Trade) -> None:
    owner = {"owner": "91990101MA0DEM013U", "name": {"zh": "班组", "en": "Crew"}, "people": 1}
    crew = trade.ok(trade.ask(LENDER, "POST", "/machine-crews", json=owner))["id"]
    first, second = (trade.machine(crew_id=crew) for _ in range(2))
    trade.ok(trade.hold(first, 24, 27, with_operator=True))

    refused = trade.hold(second, 25, 28, with_operator=True)

    assert refused.status_code == 409 and refused.get_json()["type"].endswith("capacity-full")
    assert trade.ok(trade.hold(second, 25, 28))["state"] == "held"


def test_a_hold_that_nobody_confirms_is_let_go_and_told(trade: Trade) -> None:
    machine = trade.machine()
    booking = trade.ok(trade.hold(machine, 24, 27))["id"]
    trade.go_to(0.5)
    trade.assembly.system.settle()

    after = trade.booking(booking)
    assert after["state"] == "expired" and after["actions"] == []
    assert [each["step"] for each in after["history"]] == ["held", "expired"]
    assert trade.ok(trade.hold(machine, 24, 27))["state"] == "held"


def test_handing_over_and_missing_somebody_are_offered_when_their_time_has_come(trade: Trade) -> None:
    booking = trade.booked(trade.machine(), 3, 5)  # with half an hour for setting up before it

    def offered() -> set[str]:
        return set(trade.booking(booking, LENDER)["actions"]) & {"start", "no-show"}

    assert offered() == set()
    assert trade.act(LENDER, booking, "start").status_code == 409
    trade.go_to(2.5)
    assert offered() == {"start"}
    trade.go_to(3)
    assert offered() == {"start", "no-show"}
    trade.go_to(5)
    assert offered() == {"no-show"}
