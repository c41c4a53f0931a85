"""Cars are counted while others come and leave, on both databases; the audit is the judge."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from facilities.living.parking.gates.course import State
from facilities.living.parking.stays.queries import inside_of
from facilities.living.parking.stays.settling import end
from facilities.living.parking.stays.turns import take_turn
from shared.actor import SYSTEM
from shared.clock import ManualClock
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.counts import check_now, is_sound, zones
from tests.integration.facilities.parking.gates import Gates, gates, ok
from tests.integration.facilities.parking.test_gate_races import at_once, told

ROUNDS = 6


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def at(request: pytest.FixtureRequest, tmp_path: Any, clock: ManualClock) -> Any:
    """A car park with room for everybody, on each of the databases every day."""
    databases: Databases = request.getfixturevalue(f"{request.param}_databases")
    factory = SystemFactory(databases, tmp_path, clock)
    yield gates(factory, clock, near=12, far=12)
    factory.close()


def counted(at: Gates, cars: int) -> Callable[[], Any]:
    path = f"/parking/zones/{at.park.near}/count"
    return partial(at.ask, OPERATOR, "POST", path, json={"cars": cars})


def leaves(at: Gates, plate: str) -> Callable[[], Any]:
    return told(at, at.event(plate), at.park.camera_out)


def comes(at: Gates, plate: str) -> Callable[[], Any]:
    return told(at, at.event(plate))


def inside(at: Gates) -> list[str]:
    return [each.mark for each in at.stays() if each.left_at is None]


def near(at: Gates) -> dict[str, Any]:
    return zones(at)[0]


def test_who_comes_or_leaves_while_cars_are_counted_is_neither_lost_nor_undone(at: Gates) -> None:
    for number in range(ROUNDS):
        staying, leaving = [[f"苏{letter}{number:02}00{each}" for each in range(3)] for letter in "AB"]
        for plate in (*leaving, *staying):
            at.come(plate)
        at.later(minutes=1)
        coming = [f"苏C{number:02}00{each}" for each in range(3)]
        before = near(at)["inside"]
        cars = max(before + (0, 2, -2)[number % 3], 0)
        calls = [
            *[leaves(at, plate) for plate in leaving],
            counted(at, cars),
            *[comes(at, plate) for plate in coming],
        ]
        answers = at_once(calls)
        assert [each.status_code for each in answers] == [200] * len(calls)
        assert {ok(each)["verdict"] for each in answers if "verdict" in each.get_json()} == {"open"}
        assert {each.state for plate in leaving for each in at.stays(plate)} == {"left"}
        for plate in coming:
            (stay,) = at.stays(plate)
            assert (stay.state, stay.doubted_at) == ("inside", None) or stay.doubted_at == stay.entered_at
        is_sound(at)
        at.later(minutes=31)
        is_sound(at)
        for plate in inside(at):
            at.go(plate, waiting=False)
        assert zones(at)[1]["taken"] == 0 and near(at)["taken"] == near(at)["unknown"]
        is_sound(at)


def test_a_count_waits_for_a_car_that_is_just_leaving(at: Gates) -> None:
    staying, leaving = "苏A00001", "苏A00002"
    for plate in (leaving, staying):
        at.come(plate)
    with ThreadPoolExecutor(1) as other:
        with at.runtime.transaction(SYSTEM) as tx:
            take_turn(tx, at.park.lot, leaving)
            ((stay, ledger),) = inside_of(tx.session, at.park.lot, [leaving])
            answer = other.submit(counted(at, 1))
            time.sleep(0.5)
            assert not answer.done()
            end(tx, stay, tx.now, State.LEFT, ledger)
        said = ok(answer.result(timeout=60))
    assert [(each.state, each.doubted_at) for each in at.stays(leaving)] == [("left", None)]
    # Who leaves was there: of two that were known, and of which one was there, it is the other that is gone.
    gone = ["苏A·00001"] if said["known"] == 2 else []
    assert said["doubted"] == gone and near(at)["inside"] == 1 - len(gone)
    is_sound(at)


def test_of_two_counts_at_once_the_later_one_stands(at: Gates) -> None:
    plates = [f"苏A0000{each}" for each in range(5)]
    for plate in plates:
        at.come(plate)
        at.later(minutes=1)
    for number in range(ROUNDS):
        one, other = ((2, 7), (0, 5), (3, 4), (6, 7), (1, 2), (9, 0))[number % 6]
        answers = [ok(each) for each in at_once([counted(at, one), counted(at, other)] * 2)]
        assert {each["known"] for each in answers} == {5}
        now = near(at)
        assert now["inside"] == now["taken"] in (one, other)
        assert (now["unknown"], now["doubted"]) == (max(now["inside"] - 5, 0), max(5 - now["inside"], 0))
        is_sound(at)
        at.later(minutes=31)
        is_sound(at)


def test_cars_that_leave_at_once_without_an_entry_take_off_no_more_than_there_are(at: Gates) -> None:
    for number in range(ROUNDS):
        ok(counted(at, 3)())
        at.later(minutes=1)
        answers = at_once(
            [
                told(at, at.event(f"苏D{number:02}00{each}", waiting=False), at.park.camera_out)
                for each in range(5)
            ]
        )
        assert {each.status_code for each in answers} == {200}
        assert (near(at)["unknown"], near(at)["taken"]) == (0, 0)
        is_sound(at)


def test_counting_taking_stock_and_the_night_at_once_leave_everything_sound(at: Gates) -> None:
    lot = f"/parking/lots/{at.park.lot}/stock-take"
    there = [f"苏E0000{each}" for each in range(4)]
    for number in range(ROUNDS):
        stock = partial(at.ask, OPERATOR, "POST", lot, json={"plates": there[number % 3 :]})
        calls: list[Callable[[], Any]] = [counted(at, number), counted(at, (8 - number) % 9), stock]
        calls += [leaves(at, there[3]), comes(at, there[number % 3])]
        *answers, found = at_once([*calls, partial(check_now, at)])
        assert {each.status_code for each in answers} == {200} and found == []
        is_sound(at)
        at.later(minutes=(1, 31)[number % 2])
        is_sound(at)
