"""What standing on after charging costs, when it is paid, who is told; and what no late word changes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from facilities.living.parking.gates.model import ListingKind
from facilities.living.parking.vehicles import Exemption
from facilities.living.service import service as living
from notifications.service import service as notifications
from shared.actor import Actor
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.assembly import Assembly, publisher
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.charging import (
    OVERSTAY,
    PLATE,
    ChargingPoints,
    charging_points,
)
from tests.integration.facilities.parking.gates import M, ok, verdicts
from tests.integration.facilities.parking.people import FIRM, Caller, person
from tests.integration.facilities.parking.test_gate_events import list_car
from tests.integration.facilities.parking.test_quotas import register

OTHER = "苏AF54321"


@pytest.fixture
def at(make_system: SystemFactory, clock: ManualClock) -> ChargingPoints:
    return charging_points(make_system, clock)


def charge(at: ChargingPoints, minutes: float = 60, plate: str = PLATE, number: int = 1) -> None:
    """A car comes and is charged at once, for so long; under its plate, as the number of the charge."""
    at.come(plate)
    at.tell(number, plate[1:], "started", plate)
    at.later(minutes=minutes)
    at.tell(number, plate[1:], "ended", plate)


def test_who_stands_on_pays_at_the_exit_and_who_leaves_in_time_does_not(at: ChargingPoints) -> None:
    charge(at, 60)
    at.later(minutes=30)
    assert at.lines() == {"first": 500, "units": 100}, "half an hour is free"
    at.later(minutes=1)
    assert at.lines()["overstay"] == 200 and at.charges()[0]["overstay_fen"] == 200
    at.later(minutes=15)
    refused = at.go(PLATE)
    assert verdicts([refused]) == ["pay due"] and refused["due_fen"] == 600 + 400
    assert at.pay() == 1000
    assert verdicts([at.go(PLATE)]) == ["open paid"]
    (stay,) = at.stays(PLATE)
    assert (stay.fee_fen, stay.paid_fen) == (1000, 1000)
    at.come(OTHER)
    at.later(minutes=25)
    assert verdicts([at.go(OTHER)]) == ["open free"]


def test_a_charge_costs_no_more_than_its_cap_and_nothing_once_the_bay_is_free(at: ChargingPoints) -> None:
    charge(at, 60)
    at.later(hours=3)
    at.tell(1, PLATE[1:], "freed")
    before = at.lines()["overstay"]
    assert before == 10 * 200
    at.later(hours=8)
    assert at.lines()["overstay"] == before
    charge(at, 30, OTHER, 2)
    at.later(hours=30)
    lines = at.lines(OTHER)
    assert lines["overstay"] + lines["overstay_cap"] == 4000
    assert [each["overstay_fen"] for each in at.charges()] == [before, 4000]


def test_parking_that_is_free_does_not_make_standing_on_free(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    """Neither a pass, nor coupons and free minutes, nor the cap of a day touch it; an exemption does."""
    system = make_system([publisher, living])
    at = ChargingPoints(system, clock, tariff="T5", exempt=["disabled"], points=4)
    held, guest, exempt = "苏AD00001", "苏AD00002", "苏AD00003"
    wish = {"lot_id": str(at.park.lot), "plates": [held]}
    bought = ok(at.ask(person(), "POST", "/parking/passes", json=wish))
    ok(Caller(system, OPERATOR).act(f"/passes/{bought['id']}/paid-at-booth"))
    register(Assembly(system, clock), FIRM)
    list_car(at, exempt, ListingKind.EXEMPT, Exemption.DISABLED)
    for number, plate in enumerate((held, guest, exempt), 1):
        at.come(plate)
        at.tell(number, "1", "started", plate)
    at.later(minutes=30)
    for number, plate in enumerate((held, guest, exempt), 1):
        at.tell(number, "1", "ended", plate)
    at.later(hours=5)
    member = person(of=(FIRM,))
    coupon = {
        "lot_id": str(at.park.lot),
        "giver": FIRM,
        "name": {"zh": "午餐券", "en": "Lunch"},
        "valid_until": (at.now + timedelta(days=1)).isoformat(),
        "fen": 100_000,
    }
    (given,) = ok(at.ask(member, "POST", "/parking/coupons", json=coupon))["items"]
    named = {"lot_id": str(at.park.lot), "plate": guest}
    ok(at.ask(None, "POST", f"/parking/coupons/{given['code']}/apply", json=named))
    fee = 18 * 200
    assert at.lines(held) == {"covered": 0, "overstay": fee}
    lines = at.lines(guest)
    assert lines["coupon"] < 0 and sum(lines.values()) == lines["overstay"] == fee
    assert at.lines(exempt) == {"exempt": 0} and at.charges()[2]["overstay_fen"] == 0
    answers = [at.go(each) for each in (held, guest, exempt)]
    assert verdicts(answers) == ["pay due", "pay due", "open exempt"]
    assert [each["due_fen"] for each in answers] == [fee, fee, 0]
    assert [at.pay(held), at.pay(guest)] == [fee, fee]
    assert verdicts([at.go(held), at.go(guest)]) == ["open paid", "open paid"]


def test_who_has_paid_leaves_in_time_although_the_fee_goes_on(at: ChargingPoints) -> None:
    charge(at, 60)
    at.later(minutes=31)
    assert at.pay() == 800
    at.later(minutes=15)  # another unit of standing on has begun, within the grace
    cost = at.stay()["cost"]
    assert (at.lines()["overstay"], at.lines()["grace"]) == (400, -200)
    assert (cost["total_fen"], cost["due_fen"]) == (800, 0)
    assert verdicts([at.go(PLATE)]) == ["open paid"] and at.stay()["fee_fen"] == 800
    charge(at, 60, OTHER, 2)
    at.later(minutes=31)
    at.pay(OTHER)
    at.later(minutes=30)
    late = at.go(OTHER)
    assert late["verdict"] == "pay" and [each["code"] for each in late["notes"]] == ["grace_over"]
    assert late["due_fen"] == at.pay(OTHER) > 0
    assert verdicts([at.go(OTHER)]) == ["open paid"]


LATE: dict[str, tuple[tuple[str, ...], str | None, Callable[[ChargingPoints, datetime], Any]]] = {
    "ended": (("started",), PLATE, lambda at, then: at.tell(1, "1", "ended", at=then)),
    "freed": (("started", "ended"), PLATE, lambda at, then: at.tell(1, "1", "freed", at=then)),
    "is another's": (
        ("started", "ended"),
        PLATE,
        lambda at, _then: ok(at.verb(at.charges()[0], "plate", plate=OTHER)),
    ),
    "is its own": (
        ("started", "ended"),
        None,
        lambda at, _then: ok(at.verb(at.charges()[0], "plate", plate=PLATE)),
    ),
}
"""What is told before, of whom, and after the car has left."""


@pytest.mark.parametrize(("before", "plate", "late"), LATE.values(), ids=LATE)
def test_what_comes_after_the_exit_changes_nothing_that_was_charged(
    at: ChargingPoints,
    before: tuple[str, ...],
    plate: str | None,
    late: Callable[[ChargingPoints, datetime], Any],
) -> None:
    at.come(PLATE)
    for phase in before:
        at.later(minutes=1)
        at.tell(1, "1", phase, plate)
    then = at.now + M
    at.later(hours=2)
    paid = at.pay()
    assert verdicts([at.go(PLATE)]) == ["open paid"]
    assert paid == (700 + 6 * 200 if before[1:] and plate else 700)
    at.later(minutes=10)
    cost = at.stay()["cost"]
    late(at, then)
    assert at.stay()["cost"] == cost and at.stay()["fee_fen"] == paid
    # Nor does it when a passage that comes late has the stay looked at again.
    at.go(PLATE, seen_at=(at.now - 10 * M).isoformat(), waiting=False)
    again = at.stay()
    assert (again["state"], again["fee_fen"], again["cost"]["due_fen"]) == ("left", paid, 0)


def test_a_charge_that_ends_in_the_moment_of_the_exit_costs_nothing(at: ChargingPoints) -> None:
    at.come(PLATE)
    at.tell(1, "1", "started")
    at.later(minutes=25)
    at.tell(1, "1", "ended")
    assert verdicts([at.go(PLATE)]) == ["open free"]
    at.come(OTHER)
    at.tell(2, "1", "started", OTHER)
    at.later(minutes=25)
    assert verdicts([at.go(OTHER)]) == ["open free"]
    ended = at.tell(2, "1", "ended", OTHER)
    assert ended["overstay"] is False and ended["free_until"] is None
    at.later(minutes=45)
    assert (len(at.said("ended")), at.said("overstaying")) == (1, []), "of the first, which stood there then"
    assert [at.stay(each)["fee_fen"] for each in (PLATE, OTHER)] == [0, 0]


def test_a_charge_that_spans_an_exit_and_a_return_is_charged_to_neither_stay(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = charging_points(make_system, clock, merge_minutes=15)
    at.come(PLATE)
    at.tell(1, "1", "started")
    at.later(minutes=20)
    assert at.go(PLATE)["verdict"] == "open"
    at.later(minutes=10)
    at.come(PLATE)
    at.later(minutes=10)
    at.tell(1, "1", "ended")
    at.later(minutes=60)
    assert "overstay" not in at.lines() and at.said("ended") == []
    assert at.stay()["continues"] is not None and at.stay()["charging"] == []


def test_what_was_charged_before_a_return_goes_on_with_the_stay_but_stands_on_no_more(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = charging_points(make_system, clock, merge_minutes=15)
    charge(at, 60)
    at.later(minutes=40)
    assert at.pay() == 600 + 200
    assert at.go(PLATE)["verdict"] == "open"
    at.later(minutes=10)
    at.come(PLATE)
    at.later(minutes=60)
    assert at.lines()["overstay"] == 200, "it has left the bay when it went out, whatever the point says"
    assert at.stay()["cost"]["total_fen"] == 700 + 200 and at.stay()["cost"]["due_fen"] == 100
    at.tell(1, PLATE[1:], "freed")
    assert at.lines()["overstay"] == 200
    at.pay()
    assert at.go(PLATE)["verdict"] == "open"
    assert [each.fee_fen for each in at.stays(PLATE)] == [800, 100]


def test_a_car_stands_at_one_point_at_a_time(at: ChargingPoints) -> None:
    charge(at, 30)
    at.later(minutes=50)
    at.tell(2, "1", "started")
    at.later(hours=3)
    assert at.lines()["overstay"] == 400, "since it was charged elsewhere it has not stood there"
    first, second = at.stay()["charging"]
    assert first["freed_at"] == second["started_at"] and second["freed_at"] is None
    at.tell(2, "1", "ended")
    at.later(minutes=31)
    assert at.lines()["overstay"] == 400 + 200
    assert [each["overstay_fen"] for each in at.charges()] == [400, 200]


def test_a_car_that_is_not_inside_is_noted_and_pays_nothing(at: ChargingPoints) -> None:
    answer = at.tell(1, "1", "started")
    assert (answer["plate"], answer["overstay"]) == ("苏A****45", False)
    at.later(minutes=30)
    at.tell(1, "1", "ended")
    at.later(hours=2)
    (found,) = at.charges()
    assert (found["stay_id"], found["free_until"], found["overstay_fen"]) == (None, None, 0)
    assert at.said("ended") == [] and at.said("overstaying") == []
    at.come(PLATE)
    at.later(minutes=40)
    assert "overstay" not in at.lines(), "that was before it came"


def test_a_car_without_a_plate_is_known_by_its_ticket(at: ChargingPoints) -> None:
    at.come(None)
    lane = f"/parking/lanes/{at.park.way_in}"
    scanned = {"token": at.operator("GET", f"{lane}/code")["token"]}
    ticket = ok(at.ask(None, "POST", f"{lane}/tickets", json=scanned))["ticket"]
    at.tell(1, "1", "started", None)
    at.later(minutes=30)
    at.tell(1, "1", "ended", None)
    at.later(minutes=50)
    ok(at.verb(at.charges()[0], "plate", plate=ticket))
    assert at.lines(ticket)["overstay"] == 400
    assert len(at.said("ended")) == 1


def test_a_device_that_is_disabled_leaves_the_charge_open_until_somebody_sees_the_bay(
    at: ChargingPoints,
) -> None:
    charge(at, 30)
    device = f"/parking/devices/{at.device(1)}"
    version = at.ask(OPERATOR, "GET", device).headers["ETag"]
    at.operator("POST", f"{device}/disable", json={}, headers={"If-Match": version})
    at.later(minutes=50)
    assert at.post(1, at.body(PLATE[1:], "freed")).status_code == 401
    assert at.lines()["overstay"] == 400
    ok(at.verb(at.charges()[0], "freed"))
    at.later(hours=2)
    assert at.lines()["overstay"] == 400


def system_with_inboxes(make_system: SystemFactory, clock: ManualClock, **park: Any) -> ChargingPoints:
    return ChargingPoints(make_system([living, notifications]), clock, **park)


def inbox(at: ChargingPoints, actor: Actor) -> list[tuple[str, str]]:
    """Titles and links of what somebody was told, the first one first."""
    items = ok(at.system.client("notifications", actor).get("/messages"))["items"]
    return [(each["title"]["en"], each["link"]) for each in reversed(items)]


def test_whoever_had_registered_the_plate_is_told_when_it_ends_and_when_it_costs(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = system_with_inboxes(make_system, clock)
    anna, boris, late = person(), person(), person()
    for owner in (anna, boris):
        ok(at.ask(owner, "POST", "/parking/cars", json={"plate": PLATE}))
    at.later(minutes=1)
    at.come(PLATE)
    at.later(minutes=1)
    ok(at.ask(late, "POST", "/parking/cars", json={"plate": PLATE}))
    at.tell(1, "1", "started")
    at.later(minutes=30)
    at.tell(1, "1", "ended"), at.tell(1, "1", "ended")
    at.system.settle()
    link = f"/parking/stays/{at.stays(PLATE)[0].id}"
    first = ("Your car is charged; please leave the charging bay", link)
    assert inbox(at, anna) == inbox(at, boris) == [first]
    (said,) = at.said("ended")
    assert sorted(said["accounts"]) == sorted(str(each.id) for each in (anna, boris))
    assert (said["free_until"], said["cap_fen"]) == ((at.now + 30 * M).isoformat(), 4000)
    at.later(minutes=29)
    assert at.said("overstaying") == []
    at.later(minutes=1)
    second = ("Standing at the charging bay costs now", link)
    assert inbox(at, anna) == inbox(at, boris) == [first, second] and inbox(at, late) == []
    at.later(hours=2)
    at.system.settle()
    assert len(at.said("overstaying")) == len(at.said("ended")) == 1


def test_nobody_is_told_where_the_car_has_left_the_bay_or_standing_on_is_free(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = charging_points(make_system, clock)
    charge(at, 60)
    at.later(minutes=10)
    at.tell(1, PLATE[1:], "freed")
    at.later(hours=1)
    assert len(at.said("ended")) == 1 and at.said("overstaying") == []
    at.come(OTHER)
    at.tell(2, "1", "started", OTHER)
    at.tell(2, "1", "freed", OTHER)
    at.tell(2, "1", "ended", OTHER)
    at.later(hours=1)
    assert len(at.said("ended")) == 1

    free = ChargingPoints(at.system, clock, code="FREE", overstay=None)
    charge(free, 60)
    free.later(hours=2)
    assert len(free.said("ended")) == 1, "that of the other car park"
    assert "overstay" not in free.lines() and free.charges()[0]["free_until"] is None


def test_who_is_named_later_is_told_and_what_was_told_of_another_car_is_not_said_again(
    at: ChargingPoints,
) -> None:
    owner = person()
    ok(at.ask(owner, "POST", "/parking/cars", json={"plate": OTHER}))
    at.later(minutes=1)
    at.come(PLATE), at.come(OTHER)
    at.tell(1, "1", "started", None)
    at.later(minutes=30)
    at.tell(1, "1", "ended", None)
    assert at.said("ended") == []
    ok(at.verb(at.charges()[0], "plate", plate=PLATE))
    at.later(minutes=40)
    assert (len(at.said("ended")), len(at.said("overstaying"))) == (1, 1)
    ok(at.verb(at.charges()[0], "plate", plate=OTHER))
    at.system.settle()
    assert [each["plate"] for each in at.said("ended")] == ["苏A****45", "苏A****21"]
    assert [each["accounts"] for each in at.said("overstaying")] == [[], [str(owner.id)]]
    assert at.lines(OTHER)["overstay"] == 200 and "overstay" not in at.lines()


def test_a_tariff_that_begins_later_changes_nothing_for_a_car_that_is_inside(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = charging_points(make_system, clock, overstay=None)
    charge(at, 60)
    page = at.operator("GET", f"/parking/lots/{at.park.lot}/tariffs")["items"][0]
    shape = {name: value for name, value in page.items() if name != "number"}
    body = {**shape, "overstay": dict(OVERSTAY), "effective_on": f"{at.now + timedelta(days=1):%Y-%m-%d}"}
    version = at.ask(OPERATOR, "GET", f"/parking/lots/{at.park.lot}").headers["ETag"]
    at.operator("POST", f"/parking/lots/{at.park.lot}/tariffs", json=body, headers={"If-Match": version})
    at.later(days=1, hours=2)
    assert "overstay" not in at.lines()
    at.come(OTHER)
    at.tell(2, "1", "started", OTHER)
    assert at.tell(2, "1", "ended", OTHER)["overstay"] is True
    assert UUID(at.charges()[1]["stay_id"]) == at.stays(OTHER)[0].id
