"""Passes, reservations and invitations at the gate, and cameras that are made up."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

import pytest

from facilities.living.parking.gates.simulating import Outcome, cameras_of, feed
from shared.actor import Actor
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.gates import Gates, gates, ok
from tests.integration.facilities.parking.people import Caller, person

PASSES = ("京B67890", "京B67891")


@pytest.fixture
def at(make_system: SystemFactory, clock: ManualClock) -> Iterator[Gates]:
    found = gates(make_system, clock, near=2, far=1, tariff="T5")
    yield found
    found.sound()


def holder(at: Gates) -> Actor:
    """Somebody with a pass for one bay, which two cars share."""
    anna = person()
    wish = {"lot_id": str(at.park.lot), "plates": list(PASSES)}
    bought = ok(at.ask(anna, "POST", "/parking/passes", json=wish))
    ok(Caller(at.system, OPERATOR).act(f"/passes/{bought['id']}/paid-at-booth"))
    return anna


def test_whoever_has_a_bay_by_right_goes_in_when_the_car_park_is_full(at: Gates) -> None:
    anna = holder(at)
    soon = at.now + timedelta(minutes=15)
    wish = {"lot_id": str(at.park.lot), "plate": "京C11111"}
    times = {"starts_at": soon.isoformat(), "ends_at": (soon + timedelta(hours=1)).isoformat()}
    ok(at.ask(anna, "POST", "/parking/reservations", json=wish | times))
    assert sum(at.free()) == 1
    at.come("苏A00001")
    assert at.come("苏A00002")["reason"] == "full"
    one = at.come(PASSES[0])
    assert (one["verdict"], one["reason"]) == ("open", "pass")
    second = at.come(PASSES[1])
    assert (second["verdict"], second["reason"]) == ("refuse", "full")
    assert [each["code"] for each in second["notes"]] == ["pass_taken"]
    assert at.come("京C11111")["reason"] == "reservation"
    assert sum(at.free()) == 0 and at.alarms() == []
    at.later(hours=1)
    at.later(minutes=30)
    assert [each.overflow_id is not None for each in at.stays("京C11111")] == [True], "it stands on"
    at.sound()
    leaves = at.go(PASSES[0])
    assert (leaves["verdict"], leaves["reason"], at.stays(PASSES[0])[0].fee_fen) == ("open", "pass", 0)
    assert at.go("京C11111")["verdict"] == "pay", "a reservation costs nothing beforehand"


def test_an_invitation_bears_its_minutes_once(at: Gates) -> None:
    anna = holder(at)
    wish = {"lot_id": str(at.park.lot), "plate": "京D22222", "minutes": 120}
    times = {"starts_at": at.now.isoformat(), "ends_at": (at.now + timedelta(hours=6)).isoformat()}
    ok(at.ask(anna, "POST", "/parking/visits", json=wish | times))
    at.come("京D22222")
    at.later(hours=2)
    assert at.go("京D22222")["reason"] == "free"
    at.come("京D22222")
    at.later(hours=2)
    assert at.go("京D22222")["verdict"] == "pay", "it lets a plate come once"


def test_made_up_cameras_tell_the_same_for_the_same_seed(at: Gates) -> None:
    with at.runtime.read() as session:
        cameras = cameras_of(session, at.runtime.context.cipher, at.park.lot)
    assert {each.secret for each in cameras} == set(at.park.secrets.values())
    one, other = (list(islice(feed(cameras, 7, 0.3, at.clock), 60)) for _ in range(2))
    assert one == other and one != list(islice(feed(cameras, 8, 0.3, at.clock), 60))
    devices = {at.codes[device]: device for device in at.park.secrets}
    answers = [ok(at.send(devices[each.device.code], each.body)) for each in one]
    assert sum(each["repeated"] for each in answers) == len(one) - len({str(each.body["id"]) for each in one})
    outcome = Outcome(seconds=[0.01, 0.03, 0.02])
    assert (outcome.percentile_ms(0.5), outcome.percentile_ms(0.95)) == (20.0, 30.0)
