"""Somebody counts the cars of a zone: what is too many takes room, what is missing takes none."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from facilities.living.parking.occupancy.rolling import ROLL_TIMER
from shared.audit import AuditEntry
from shared.clock import ManualClock
from shared.ids import new_id
from shared.messaging.timers import Timer
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.counts import check_now, count, is_sound, take_stock, taken, zones
from tests.integration.facilities.parking.gates import Gates, gates, ok, refusal, verdicts
from tests.integration.facilities.parking.people import Caller, person

A, B, C, D = "苏A00001", "苏A00002", "苏A00003", "苏A00004"
SHOWN_A, SHOWN_B, SHOWN_C = "苏A·00001", "苏A·00002", "苏A·00003"
PASS = "京B67890"


@pytest.fixture
def at(make_system: SystemFactory, clock: ManualClock) -> Gates:
    """One zone of four bays at the way in, and one of two behind it."""
    return gates(make_system, clock, near=4, far=2, tariff="T5")


def come_one_by_one(at: Gates, *plates: str) -> None:
    for plate in plates:
        assert at.come(plate)["verdict"] == "open"
        at.later(minutes=1)


def buy_pass(at: Gates, plate: str) -> None:
    wish = {"lot_id": str(at.park.lot), "zone_id": str(at.park.near), "plates": [plate]}
    bought = ok(at.ask(person(), "POST", "/parking/passes", json=wish))
    ok(Caller(at.system, OPERATOR).act(f"/passes/{bought['id']}/paid-at-booth"))


def doubted(at: Gates) -> list[str]:
    return [each.mark for each in at.stays() if each.left_at is None and each.doubted_at is not None]


def near_hours(at: Gates) -> list[int | None]:
    """How full the near zone was at the most, hour by hour since 9."""
    history = ok(at.ask(None, "GET", f"/parking/lots/{at.park.lot}/occupancy/history"))
    return [hour["taken"] for hour in history["zones"][0]["hours"]][9:]


def roll_timers(at: Gates) -> int:
    with at.runtime.read() as session:
        return session.scalar(sa.select(sa.func.count()).where(Timer.name == ROLL_TIMER)) or 0


def test_cars_beyond_the_known_ones_take_room_until_they_are_counted_anew(at: Gates) -> None:
    come_one_by_one(at, A)
    assert count(at, 3) == (1, 2, [])
    assert (at.free(), taken(at)) == ([1, 2], [3, 0])
    assert verdicts([at.come(each) for each in (B, C, D)]) == ["open drive_in"] * 3
    assert [each["zone_id"] for each in at.operator("GET", "/parking/stays?limit=9")["items"]] == [
        str(at.park.far),
        str(at.park.far),
        str(at.park.near),
        str(at.park.near),
    ]
    at.later(hours=2)
    at.later(minutes=31)
    assert (at.free(), taken(at)) == ([0, 0], [4, 2]), "they stand there still"
    assert at.come("苏A00009")["reason"] == "full"
    is_sound(at)
    assert count(at, 2) == (2, 0, [])
    assert at.free() == [2, 0]
    history = ok(at.ask(None, "GET", f"/parking/lots/{at.park.lot}/occupancy/history"))
    near, far = ([hour["taken"] for hour in zone["hours"]] for zone in history["zones"])
    assert near[8:13] == [0, 4, 4, 4, None] and far[9:12] == [2, 2, 2], "what was, stays as it was"
    is_sound(at)


def test_more_than_there_are_bays_is_counted_all_the_same_and_said(at: Gates) -> None:
    assert count(at, 6) == (0, 6, [])
    assert (at.free(), taken(at), at.alarms()) == ([0, 2], [6, 0], ["overfull"])
    at.later(minutes=30)
    assert at.alarms() == ["overfull", "overfull"]
    assert count(at, 0) == (0, 0, [])
    at.later(minutes=30)
    assert roll_timers(at) == 0, "nobody stands there any more"
    is_sound(at)


def test_of_too_few_those_that_came_first_are_doubted_and_take_no_room(at: Gates) -> None:
    come_one_by_one(at, A, B, C)
    at.later(hours=1)
    assert count(at, 1) == (3, 0, [SHOWN_A, SHOWN_B])
    assert (at.free(), taken(at)) == ([3, 2], [1, 0])
    assert {each.state for each in at.stays()} == {"inside"}
    at.later(hours=1)
    at.later(minutes=31)
    assert (at.free(), taken(at)) == ([3, 2], [1, 0]), "they are not counted any more"
    is_sound(at)
    assert near_hours(at)[:3] == [3, 1, 1], "since 10:00"


def test_who_is_doubted_leaves_and_pays_like_any_other(at: Gates) -> None:
    come_one_by_one(at, A, B)
    at.later(hours=1)
    count(at, 1)
    at.later(hours=2)
    due = at.go(A)
    assert due["verdict"] == "pay" and taken(at) == [1, 0]
    stay = due["stay_id"]
    at.operator("POST", f"/parking/stays/{stay}/cash", json={"amount_fen": due["due_fen"], "receipt": "A1"})
    assert verdicts([at.go(A)]) == ["open paid"]
    (left,) = at.stays(A)
    assert (left.state, left.fee_fen, left.paid_fen) == ("left", due["due_fen"], due["due_fen"])
    assert (taken(at), doubted(at), at.alarms()) == ([1, 0], [], []), "it just leaves"
    at.later(minutes=31)
    is_sound(at)


def test_a_car_that_is_doubted_as_soon_as_it_has_come_leaves_no_trace_in_the_ledger(at: Gates) -> None:
    come_one_by_one(at, A, B)
    assert count(at, 0) == (2, 0, [SHOWN_A, SHOWN_B])
    assert [each.overflow_id for each in at.stays()] == [None, None] and at.free() == [4, 2]
    is_sound(at)
    at.go(A, waiting=False)
    at.later(hours=1)
    assert roll_timers(at) == 0, "nobody has to be counted"
    is_sound(at)
    assert count(at, 1) == (1, 0, [])
    assert taken(at) == [1, 0]
    at.later(minutes=31)
    assert taken(at) == [1, 0] and roll_timers(at) == 1
    at.go(B, waiting=False)
    assert taken(at) == [0, 0]
    is_sound(at)


def test_each_count_says_all_anew(at: Gates) -> None:
    come_one_by_one(at, A, B, C)
    at.later(minutes=30)
    assert count(at, 0) == (3, 0, [SHOWN_A, SHOWN_B, SHOWN_C])
    at.later(minutes=60)
    assert count(at, 2) == (3, 0, [SHOWN_A])
    assert (taken(at), doubted(at)) == ([2, 0], [A])
    is_sound(at)
    at.later(minutes=60)
    assert count(at, 2) == (3, 0, [SHOWN_A]), "who was doubted is doubted still"
    assert count(at, 4) == (3, 1, [])
    assert taken(at) == [4, 0]
    is_sound(at)
    at.later(minutes=31)
    assert count(at, 1) == (3, 0, [SHOWN_A, SHOWN_B]) and taken(at) == [1, 0]
    for plate in (A, B, C):
        at.go(plate, waiting=False)
    assert taken(at) == [0, 0]
    is_sound(at)


def test_cars_whose_bays_are_kept_are_doubted_last_and_keep_them(at: Gates) -> None:
    buy_pass(at, PASS)
    come_one_by_one(at, PASS, A, B)
    assert (at.free(), taken(at)) == ([1, 2], [3, 0])
    assert count(at, 2) == (3, 0, [SHOWN_A]), "the pass came first, yet its bay is kept for it"
    assert taken(at) == [2, 0]
    assert count(at, 0) == (3, 0, ["京B·67890", SHOWN_A, SHOWN_B])
    assert (at.free(), taken(at)) == ([3, 2], [1, 0]), "its bay is kept whether it is there or not"
    at.later(hours=1)
    is_sound(at)
    assert verdicts([at.go(PASS)]) == ["open pass"]
    assert taken(at) == [1, 0]
    is_sound(at)


def test_a_right_that_ends_while_its_car_is_doubted_leaves_nothing_to_count(at: Gates) -> None:
    times = {"starts_at": at.now.isoformat(), "ends_at": (at.now + timedelta(hours=1)).isoformat()}
    wish = {"lot_id": str(at.park.lot), "plate": PASS}
    ok(at.ask(person(), "POST", "/parking/reservations", json=wish | times))
    assert verdicts([at.come(PASS), at.come(A)]) == ["open reservation", "open drive_in"]
    assert count(at, 0) == (2, 0, ["京B·67890", SHOWN_A]) and taken(at) == [1, 0]
    at.later(hours=1)
    at.later(minutes=31)
    assert taken(at) == [0, 0]
    is_sound(at)
    assert count(at, 2) == (2, 0, []) and taken(at) == [2, 0], "it stands on without any right"
    is_sound(at)
    at.later(minutes=31)
    assert count(at, 1) == (2, 0, ["京B·67890"]), "it has no claim any more, and came first"
    is_sound(at)
    at.go(PASS, waiting=False), at.go(A, waiting=False)
    is_sound(at)


def test_who_is_doubted_and_comes_in_again_needs_room_like_any_other(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = gates(make_system, clock, near=1, far=1, tariff="T5")
    come_one_by_one(at, A, B)
    at.later(minutes=30)
    assert count(at, 0) == (1, 0, [SHOWN_A])
    assert at.come(C)["verdict"] == "open"
    assert at.come(A)["reason"] == "full", "its bay was given to another one"
    at.clock.advance(timedelta(minutes=31))
    assert at.come(A)["reason"] == "full", "and nobody has looked yet how full it is now"
    is_sound(at)
    at.go(C, waiting=False)
    again = at.come(A)
    assert verdicts([again]) == ["open drive_in"]
    assert [each["code"] for each in again["notes"]] == ["exit_missed"]
    assert [each.state for each in at.stays(A)] == ["exit_missed", "inside"] and taken(at) == [1, 1]
    assert doubted(at) == []
    is_sound(at)
    at.later(minutes=31)
    at.go(A, waiting=False)
    assert taken(at) == [0, 1]
    is_sound(at)


def test_nobody_looks_at_a_zone_in_which_all_cars_are_doubted(at: Gates) -> None:
    come_one_by_one(at, A, B)
    at.later(minutes=31)
    count(at, 0)
    at.later(minutes=31)
    assert roll_timers(at) == 0
    at.later(hours=5)
    assert count(at, 2) == (2, 0, []) and taken(at) == [2, 0]
    at.later(minutes=31)
    assert roll_timers(at) == 1
    is_sound(at)


def test_a_doubted_car_that_is_misread_at_the_exit_goes_on_as_doubted(at: Gates) -> None:
    car, alike = "苏A88000", "苏A8B000"
    come_one_by_one(at, car, B)
    at.later(minutes=31)
    assert count(at, 1) == (2, 0, ["苏A·88000"])
    at.later(hours=1)
    before = near_hours(at)
    assert at.go(alike, waiting=False)["notes"][0]["code"] == "misread"
    assert (at.stays(car)[0].state, near_hours(at)) == ("left", before), "it took no room since"
    is_sound(at)
    at.later(minutes=1)
    assert at.go(car)["verdict"] == "pay", "it was another one that went out"
    assert (at.stays(car)[0].state, taken(at)) == ("inside", [1, 0])
    at.later(minutes=31)
    is_sound(at)
    at.go(car, waiting=False)
    assert taken(at) == [1, 0]
    is_sound(at)


def test_an_exit_that_was_told_too_late_ends_a_doubted_stay_when_it_was(at: Gates) -> None:
    come_one_by_one(at, A, B)
    at.later(hours=2)
    count(at, 1)
    at.later(minutes=20)
    at.go(A, waiting=False, seen_at=(at.now - timedelta(hours=1)).isoformat())
    assert near_hours(at)[:3] == [2, 1, 1], "until 10:00"
    is_sound(at)


def test_an_exit_without_an_entry_takes_one_off_the_unknown_ones(at: Gates) -> None:
    count(at, 2), count(at, 1, at.park.far)
    at.later(minutes=10)
    at.go(A, waiting=False, seen_at=(at.now - timedelta(minutes=20)).isoformat())
    assert [zone["unknown"] for zone in zones(at)] == [2, 1], "it had left before they were counted"
    at.later(minutes=10)
    asked = at.go(B)
    assert asked["verdict"] == "pay" and [zone["unknown"] for zone in zones(at)] == [2, 1], "it stands there"
    stay = asked["stay_id"]
    at.operator("POST", f"/parking/stays/{stay}/cash", json={"amount_fen": asked["due_fen"], "receipt": "B"})
    for _again in range(2):
        assert at.go(B)["verdict"] == "open"
        assert [zone["unknown"] for zone in zones(at)] == [1, 1] and taken(at) == [1, 1]
    at.later(minutes=31)
    for plate, left in ((C, [0, 1]), (D, [0, 0]), ("苏A00005", [0, 0])):
        at.go(plate, waiting=False)
        assert [zone["unknown"] for zone in zones(at)] == left
    is_sound(at)


def test_an_exit_that_turns_out_to_be_another_cars_takes_one_off_the_unknown_ones(at: Gates) -> None:
    car, alike = "苏A88000", "苏A8B000"
    come_one_by_one(at, car)
    count(at, 2)
    assert at.go(alike)["reason"] == "free", "as far as anybody knows it is the same one"
    assert zones(at)[0]["unknown"] == 1
    at.later(minutes=1)
    assert verdicts([at.go(car)]) == ["open free"]
    assert zones(at)[0]["unknown"] == 0 and taken(at) == [0, 0]
    is_sound(at)


def test_an_entry_that_is_told_later_gives_no_unknown_car_back(at: Gates) -> None:
    count(at, 1)
    at.later(minutes=40)
    at.go(A, waiting=False)
    at.come(A, waiting=False, seen_at=(at.now - timedelta(hours=1)).isoformat())
    assert [each.state for each in at.stays(A)] == ["left"]
    assert (zones(at)[0]["unknown"], taken(at)) == (0, [0, 0])
    is_sound(at)


def test_taking_stock_leaves_nobody_unknown_and_nobody_doubted(at: Gates) -> None:
    come_one_by_one(at, A, B, C)
    at.later(minutes=30)
    count(at, 1), count(at, 2, at.park.far)
    assert taken(at) == [1, 2]
    at.later(minutes=31)
    assert take_stock(at, B, C, D) == {"gone": [SHOWN_A], "found": ["苏A·00004"], "right": 2}
    assert [each.state for each in at.stays(A)] == ["exit_missed"]
    assert [(zone["unknown"], zone["doubted"]) for zone in zones(at)] == [(0, 0), (0, 0)]
    assert taken(at) == [3, 0]
    is_sound(at)
    at.later(minutes=31)
    assert take_stock(at) == {"gone": [SHOWN_B, SHOWN_C, "苏A·00004"], "found": [], "right": 0}
    assert taken(at) == [0, 0]
    is_sound(at)


def test_operators_see_what_was_counted_and_everybody_sees_the_sums(at: Gates) -> None:
    come_one_by_one(at, A, B)
    before = ok(at.ask(None, "GET", f"/parking/lots/{at.park.lot}/occupancy"))
    assert zones(at)[0]["counted_at"] is None
    count(at, 1), count(at, 2, at.park.far)
    lot = f"/parking/lots/{at.park.lot}/occupancy"
    for reader in (None, person(), person("manager")):
        shown = ok(at.ask(reader, "GET", lot))
        assert shown.keys() == before.keys() and shown["zones"][0].keys() == before["zones"][0].keys()
        assert (shown["taken"], shown["inside"], shown["free"]) == (3, 3, 3)
    near, far = zones(at)
    assert (near["unknown"], near["doubted"], near["inside"]) == (0, 1, 1)
    assert (far["unknown"], far["doubted"], far["inside"]) == (2, 0, 2)
    assert near["counted_at"] == far["counted_at"] == at.now.isoformat()


def test_only_operators_count_and_only_what_can_be(at: Gates) -> None:
    path = f"/parking/zones/{at.park.near}/count"
    for actor, status in ((person(), 403), (person("manager"), 403), (None, 401)):
        assert at.ask(actor, "POST", path, json={"cars": 1}).status_code == status

    def wrong(cars: Any) -> list[tuple[str, str]]:
        answer = at.ask(OPERATOR, "POST", path, json={"cars": cars})
        assert answer.status_code == 422, answer.text
        errors = answer.get_json()["errors"]
        assert all(each["message"] for each in errors)
        return [(each["pointer"], each["code"]) for each in errors]

    assert wrong(41) == [("/cars", "too_many")]
    for cars in (-1, 1.5, "3", None, True, 10**30):
        assert [pointer for pointer, _code in wrong(cars)] == ["/cars"], cars
    assert count(at, 40) == (0, 40, [])
    nowhere = at.ask(OPERATOR, "POST", f"/parking/zones/{new_id()}/count", json={"cars": 1})
    assert refusal(nowhere) == (404, "not-found")
    is_sound(at)


def test_the_trail_knows_who_has_counted_and_which_cars_were_doubted(at: Gates) -> None:
    come_one_by_one(at, A, B)
    count(at, 1), count(at, 3)
    at.go(C, waiting=False)
    with at.runtime.read() as session:
        said = session.execute(
            sa.select(AuditEntry.action, AuditEntry.actor_name, AuditEntry.details)
            .where(AuditEntry.aggregate_type.in_(["parking_zone", "parking_stay"]))
            .order_by(AuditEntry.position)
        ).all()
    mine = [(action, name) for action, name, _details in said if name == OPERATOR.name]
    assert sorted(mine) == sorted(
        (action, OPERATOR.name)
        for action in ("stay.doubted", "stay.believed", "zone.cars-counted", "zone.cars-counted")
    )
    counted = [details for action, _name, details in said if action == "zone.cars-counted"]
    assert counted[0] == {"counted": 1, "known": 2, "unknown": 0, "doubted": 1}
    assert [details for action, _name, details in said if action == "zone.unknown-left"] == [{"unknown": 0}]
    assert check_now(at) == []
