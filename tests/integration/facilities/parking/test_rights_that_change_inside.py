"""Cars that stand on a right while the right, their own entry or the car park changes under them."""

from datetime import timedelta

import pytest

from facilities.living.parking.gates.model import ListingKind
from facilities.living.service import service as living
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.assembly import Assembly, publisher
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.gates import Gates, gates, ok, refusal, verdicts
from tests.integration.facilities.parking.people import FIRM, Caller, person
from tests.integration.facilities.parking.test_gate_events import list_car
from tests.integration.facilities.parking.test_quotas import register

PASS, RESERVED = "京B67890", "京C11111"


@pytest.fixture
def at(make_system: SystemFactory, clock: ManualClock) -> Gates:
    return gates(make_system, clock, near=1, far=1, tariff="T5")


def buy(at: Gates, plate: str) -> str:
    """A pass for a month that is paid; its id."""
    wish = {"lot_id": str(at.park.lot), "plates": [plate]}
    bought = ok(at.ask(person(), "POST", "/parking/passes", json=wish))
    ok(Caller(at.system, OPERATOR).act(f"/passes/{bought['id']}/paid-at-booth"))
    return str(bought["id"])


def reserve(at: Gates) -> None:
    """A bay from in half an hour on, for some hours."""
    times = {
        "starts_at": (at.now + timedelta(minutes=30)).isoformat(),
        "ends_at": (at.now + timedelta(hours=6)).isoformat(),
    }
    wish = {"lot_id": str(at.park.lot), "plate": RESERVED}
    ok(at.ask(person(), "POST", "/parking/reservations", json=wish | times))


def test_whose_exit_was_missed_has_its_own_bay_when_it_comes_again(at: Gates) -> None:
    buy(at, PASS)
    at.come("苏A00001")
    at.come(PASS)
    at.later(hours=1)
    again = at.come(PASS)
    assert verdicts([again]) == ["open pass"]
    assert [each["code"] for each in again["notes"]] == ["exit_missed"]
    at.later(minutes=1)
    assert at.go(PASS)["reason"] == "pass"
    at.sound()


def test_a_reservation_goes_on_for_a_car_whose_exit_was_missed(at: Gates) -> None:
    reserve(at)
    at.later(minutes=30)
    assert verdicts([at.come(RESERVED), at.come("苏A00001")]) == ["open reservation", "open drive_in"]
    at.later(hours=1)
    assert verdicts([at.come(RESERVED)]) == ["open reservation"]
    assert at.alarms() == ["exit_missed"] and at.free() == [0, 0]
    assert at.go(RESERVED)["verdict"] == "open"
    at.later(minutes=30)
    assert sum(at.free()) == 1
    at.later(minutes=1)
    assert at.come(RESERVED)["reason"] == "drive_in", "it was used"
    at.sound()


def test_who_comes_again_to_a_full_car_park_stands_where_it_stood(at: Gates) -> None:
    at.come("苏A00001"), at.come("苏A00002")
    at.later(hours=1)
    again = at.come("苏A00002")
    assert (again["verdict"], again["zone"]["name"]["en"]) == ("open", "B")
    assert at.free() == [0, 0] and at.alarms() == ["exit_missed"]
    at.sound()


def test_a_pass_that_ends_while_its_car_is_inside_frees_no_bay_that_is_taken(at: Gates) -> None:
    buy(at, PASS)
    at.come(PASS)
    assert sum(at.free()) == 1
    at.later(days=45)
    at.later(minutes=30)
    at.later(minutes=30)
    assert sum(at.free()) == 1, "the car stands there still"
    at.sound()
    refused = at.go(PASS)
    assert verdicts([refused]) == ["pay due"], "from the end of the pass it is charged"
    stay, due = refused["stay_id"], refused["due_fen"]
    explained = ok(at.ask(OPERATOR, "GET", f"/parking/stays/{stay}"))["cost"]["lines"]
    assert explained[0]["kind"] == "covered" and "2026-12-26 00:00" in explained[0]["what"]["en"]
    assert sum(line["amount_fen"] for line in explained) == due > 0
    at.operator("POST", f"/parking/stays/{stay}/cash", json={"amount_fen": due, "receipt": "A1"})
    assert verdicts([at.go(PASS)]) == ["open paid"]
    at.later(minutes=31)
    assert sum(at.free()) == 2
    at.sound()


def test_a_firms_car_that_stands_on_when_its_bays_are_withdrawn_is_counted(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = Gates(make_system([publisher, living]), clock, near=1, far=1, tariff="T5")
    firm, member = Assembly(at.system, clock), Caller(at.system, person(of=(FIRM,)))
    register(firm, FIRM)
    ok(at.ask(OPERATOR, "POST", "/parking/quota-rules", json={"zone_id": str(at.park.near), "bays": 1}))
    at.system.settle()
    (quota,) = member.get("/quotas")["items"]
    ok(member.act(f"/quotas/{quota['id']}/cars", {"plates": [PASS]}, "PUT"))
    assert at.come(PASS)["reason"] == "quota" and at.free() == [0, 1]
    at.later(minutes=1)
    assert verdicts([at.come(PASS)]) == ["open quota"], "its exit was missed: it is its own bay"
    register(firm, FIRM, "suspended", 2)
    at.later(minutes=30)
    assert at.free() == [0, 1]
    at.sound()
    assert at.go(PASS)["verdict"] == "open"
    assert at.free() == [1, 1]
    at.sound()


def two_on_their_firms_bays(at: Gates, clock: ManualClock) -> tuple[Assembly, Caller]:
    """A firm with two bays in the near zone, and both its cars inside; who registers it, and its member."""
    firm, member = Assembly(at.system, clock), Caller(at.system, person(of=(FIRM,)))
    register(firm, FIRM)
    rule = {"zone_id": str(at.park.near), "bays": 2}
    ok(Caller(at.system, OPERATOR).ask("POST", "/quota-rules", rule))
    at.system.settle()
    (quota,) = member.get("/quotas")["items"]
    ok(member.act(f"/quotas/{quota['id']}/cars", {"plates": [PASS, RESERVED]}, "PUT"))
    assert verdicts([at.come(PASS), at.come(RESERVED)]) == ["open quota"] * 2
    return firm, member


@pytest.mark.parametrize("how", ["by the rule", "by the register"])
def test_bays_of_a_firm_that_are_withdrawn_are_taken_still_by_its_cars_inside(
    make_system: SystemFactory, clock: ManualClock, how: str
) -> None:
    at = Gates(make_system([publisher, living]), clock, near=60, far=1, tariff="T5")
    firm, _member = two_on_their_firms_bays(at, clock)
    operator, near = Caller(at.system, OPERATOR), str(at.park.near)
    at.come("苏A00001")
    if how == "by the rule":
        ok(operator.ask("PUT", f"/quota-rules/{near}", {"bays": 0}, '"1"'))
        at.system.settle()
    else:
        register(firm, FIRM, "suspended", 2)
    for _slot in range(2):
        zone = operator.get(f"/lots/{at.park.lot}/occupancy")["zones"][0]
        assert (zone["taken"], zone["free"], zone["inside"]) == (3, 57, 3)
        assert operator.get(f"/lots/{at.park.lot}/room")["zones"][0]["free"] == 57
        at.sound()
        at.later(minutes=30)
    at.go(PASS, waiting=False), at.go(RESERVED, waiting=False)
    assert at.free()[0] == 59 and at.alarms() == []
    at.sound()


@pytest.mark.parametrize("later", [0, 45])
def test_a_firm_that_has_its_bays_back_has_its_cars_counted_once(
    make_system: SystemFactory, clock: ManualClock, later: int
) -> None:
    at = Gates(make_system([publisher, living]), clock, near=2, far=1, tariff="T5")
    firm, member = two_on_their_firms_bays(at, clock)
    operator = Caller(at.system, OPERATOR)
    register(firm, FIRM, "suspended", 2)
    at.later(minutes=later)
    register(firm, FIRM, "active", 3)
    (quota,) = member.get("/quotas")["items"]
    assert quota["bays"] == 2
    for _slot in range(2):
        zone = operator.get(f"/lots/{at.park.lot}/occupancy")["zones"][0]
        assert (zone["taken"], zone["free"], zone["inside"]) == (2, 0, 2)
        at.sound()
        at.later(minutes=30)
    at.go(PASS, waiting=False), at.go(RESERVED, waiting=False)
    assert at.free()[0] == 0, "its bays are kept for it"
    register(firm, FIRM, "suspended", 4)
    assert at.free()[0] == 2
    at.sound()


def test_stock_taking_gives_back_what_a_car_had_reserved_that_is_not_there(at: Gates) -> None:
    reserve(at)
    at.later(minutes=30)
    assert at.come(RESERVED)["reason"] == "reservation"
    at.later(minutes=30)
    assert sum(at.free()) == 1
    at.operator("POST", f"/parking/lots/{at.park.lot}/stock-take", json={"plates": []})
    at.later(minutes=30)
    assert sum(at.free()) == 2
    at.sound()


def test_a_zone_made_smaller_or_a_lot_that_is_closed_lets_everybody_out(at: Gates) -> None:
    at.come("苏A00001"), at.come("苏A00002")
    at.later(minutes=1)
    operator = Caller(at.system, OPERATOR)
    smaller = {"name": {"zh": "A", "en": "A"}, "capacity": 0}
    answer = operator.act(f"/zones/{at.park.near}", smaller, "PUT")
    assert answer.status_code == 422, "a zone holds something"
    list_car(at, "苏A00002", ListingKind.BANNED)
    assert operator.act(f"/lots/{at.park.lot}/close").status_code == 200
    assert verdicts([at.come("苏A00003"), at.go("苏A00001")]) == ["refuse closed", "open free"]
    assert at.go("苏A00002")["verdict"] == "open", "the black list holds nobody in"
    assert at.come("苏A00002")["reason"] == "banned"
    assert at.free() == [1, 1]
    at.sound()


def test_less_room_than_cars_is_said_and_counted_down(make_system: SystemFactory, clock: ManualClock) -> None:
    at = gates(make_system, clock, near=2, far=1, tariff="T5")
    for number in range(3):
        at.come(f"苏A0000{number}")
    answer = Caller(at.system, OPERATOR).act(
        f"/zones/{at.park.near}", {"name": {"zh": "A", "en": "A"}, "capacity": 1}, "PUT"
    )
    assert answer.status_code == 200, answer.text
    at.later(minutes=30)
    assert at.alarms() == ["overfull"] and at.free() == [0, 0]
    at.sound()
    at.go("苏A00000", waiting=False)
    assert at.come("苏A00009")["reason"] == "full"
    at.go("苏A00001", waiting=False)
    assert at.free() == [1, 0]
    wish = {"lot_id": str(at.park.lot), "plate": RESERVED}
    soon = at.now + timedelta(minutes=15)
    times = {"starts_at": soon.isoformat(), "ends_at": (soon + timedelta(hours=1)).isoformat()}
    at.come("苏A00009")
    refused = at.ask(person(), "POST", "/parking/reservations", json=wish | times)
    assert refusal(refused) == (409, "capacity-full"), "cars stand on all bays now"
    at.sound()
