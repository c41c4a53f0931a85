"""Clocks that are a little wrong: whatever the cameras say, a car comes before it goes."""

from datetime import timedelta

from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.gates import gates, ok, verdicts


def test_a_clock_a_little_behind_turns_no_visit_round(make_system: SystemFactory, clock: ManualClock) -> None:
    at = gates(make_system, clock)
    behind = timedelta(seconds=90)
    at.come("苏A00001")
    clock.advance(timedelta(seconds=40))
    out = at.go("苏A00001", seen_at=(at.now - behind).isoformat())
    assert verdicts([out]) == ["open free"]
    assert [each.state for each in at.stays("苏A00001")] == ["left"] and at.alarms() == []
    clock.advance(timedelta(minutes=5))
    at.come("苏A00002")
    clock.advance(timedelta(minutes=20))
    at.go("苏A00002")
    clock.advance(timedelta(seconds=40))
    back = at.come("苏A00002", seen_at=(at.now - behind).isoformat())
    assert verdicts([back]) == ["open drive_in"] and back["notes"] == []
    assert [each.state for each in at.stays("苏A00002")] == ["left", "inside"]
    clock.advance(timedelta(minutes=5))
    assert at.go("苏A00002")["verdict"] == "open"
    assert at.alarms() == []

    # A request that took long is no clock that is behind: the car went out before it came again.
    at.come("苏A00003")
    clock.advance(timedelta(minutes=20))
    out = at.event("苏A00003")
    clock.advance(timedelta(seconds=30))
    at.come("苏A00003")
    clock.advance(timedelta(seconds=30))
    ok(at.send(at.park.camera_out, out))
    assert [each.state for each in at.stays("苏A00003")] == ["left", "inside"]
    at.sound()


def test_a_clock_that_is_behind_asks_for_no_room_of_then(
    make_system: SystemFactory, clock: ManualClock
) -> None:
    at = gates(make_system, clock, near=1, far=1)
    for plate in ("苏A00001", "苏A00002"):
        at.come(plate)  # both zones are full in this half hour
    at.later(minutes=30, seconds=5)
    at.go("苏A00001")
    clock.advance(timedelta(seconds=35))
    back = at.come("苏A00001", seen_at=(at.now - timedelta(seconds=65)).isoformat())
    assert verdicts([back]) == ["open drive_in"] and back["zone"]["name"]["en"] == "A"
    assert at.free() == [0, 0] and at.alarms() == []
    at.sound()
