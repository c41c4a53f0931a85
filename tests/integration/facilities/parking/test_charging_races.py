"""What points and operators tell of one charge at once, on both databases: none is lost or counts twice."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from facilities.living.parking.charging import commands
from facilities.living.parking.charging.following import OVERSTAY_TIMER
from facilities.living.parking.charging.model import ParkingCharge
from facilities.living.parking.charging.queries import charge_told
from facilities.living.parking.stays.model import ParkingStay
from facilities.living.service import service as living
from shared.audit import AuditEntry
from shared.clock import ManualClock
from shared.messaging.timers import Timer
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.charging import (
    PLATE,
    ChargingPoints,
    charging_bays,
)
from tests.integration.facilities.parking.gates import M, ok, refusal
from tests.integration.facilities.parking.paying import at_once

ROUNDS = 3
MANY = 20


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def at(request: pytest.FixtureRequest, tmp_path: Any, clock: ManualClock) -> Any:
    """A car park on each database, each of them every day."""
    databases: Databases = request.getfixturevalue(f"{request.param}_databases")
    factory = SystemFactory(databases, tmp_path, clock)
    yield ChargingPoints(factory([living]), clock, points=6, near=40, far=40)
    factory.close()


def told(at: ChargingPoints, number: int, body: dict[str, Any]) -> Callable[[], Any]:
    return partial(at.post, number, body)


def entries(at: ChargingPoints) -> int:
    """How many acts on charges there are in the trail."""
    with at.runtime.read() as session:
        mine = sa.select(sa.func.count()).where(AuditEntry.aggregate_type == "parking_charge")
        return session.scalar(mine) or 0


def test_the_same_event_many_times_at_once_counts_once(at: ChargingPoints) -> None:
    at.come(PLATE)
    for number in range(1, ROUNDS + 1):
        for step, phase in enumerate(("started", "ended", "freed")):
            at.later(minutes=1)
            before = entries(at)
            body = at.body("1", phase)
            answers = [ok(each) for each in at_once(*[told(at, number, body)] * MANY)]
            assert sorted(each.pop("repeated") for each in answers) == [False, *[True] * (MANY - 1)]
            assert all(each == answers[0] for each in answers)
            assert entries(at) == before + 1
            assert len(at.said("ended")) == number - (step == 0)
        with at.runtime.read() as session:
            assert session.scalar(sa.select(sa.func.count()).select_from(ParkingCharge)) == number


def test_of_two_times_told_at_once_for_one_phase_one_counts(at: ChargingPoints) -> None:
    for number in range(1, ROUNDS + 1):
        bodies = [at.body("1", "started", at=at.now - each * M) for each in range(8)]
        answers = at_once(*[told(at, number, body) for body in bodies])
        assert sorted(each.status_code for each in answers) == [200, *[409] * 7]
        (won,) = [ok(each) for each in answers if each.status_code == 200]
        assert at.charges()[number - 1]["started_at"] == won["started_at"]


def test_all_phases_and_the_next_charge_told_at_once_are_all_kept(at: ChargingPoints) -> None:
    """Whoever comes first, they come to the same."""
    since = at.now
    at.later(hours=2)
    for number in range(1, 7):
        bodies = [
            at.body(charge, phase, PLATE, since + minutes * M)
            for charge, phase, minutes in (
                (f"{number}-1", "started", 0),
                (f"{number}-1", "ended", 30),
                (f"{number}-2", "started", 60),
                (f"{number}-2", "freed", 90),
                (f"{number}-2", "ended", 70),
            )
        ]
        assert {each.status_code for each in at_once(*[told(at, number, body) for body in bodies])} == {200}
    kept = at.kept()
    assert len(kept) == 12
    for name, _mark, *times in kept:
        expected = [0, 30, 60] if name.endswith("-1") else [60, 70, 90]
        assert times[:3] == [since + each * M for each in expected], name


@pytest.mark.parametrize("at", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_without_taking_turns_something_would_be_lost(
    at: ChargingPoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check above can fail: where both have read before either writes, one of them meets the other.

    SQLite lets one transaction write at a time, whatever is taken.
    """
    at.tell(1, "1", "started")
    start, real = threading.Barrier(2, timeout=20), charge_told

    def both_read(*args: Any) -> Any:
        found = real(*args)
        start.wait()
        return found

    monkeypatch.setattr(commands, "take_turn_at", lambda *_args: None)
    monkeypatch.setattr(commands, "charge_told", both_read)
    at.later(minutes=1)
    bodies = [at.body("1", phase) for phase in ("ended", "freed")]
    answers = at_once(*[told(at, 1, body) for body in bodies])
    assert sorted(each.status_code for each in answers) != [200, 200]


def test_operators_and_the_point_at_once_leave_one_word_and_refuse_the_others_as_stale(
    at: ChargingPoints,
) -> None:
    for number in range(1, ROUNDS + 1):
        at.tell(number, "1", "started", None)
        at.later(minutes=5)
        charge = at.charges()[number - 1]
        answers = at_once(
            *[partial(at.verb, charge, "freed") for _ in range(4)],
            *[partial(at.verb, charge, "plate", plate=PLATE) for _ in range(4)],
            told(at, number, at.body("1", "ended", None, at.now - M)),
            told(at, number, at.body("1", "freed", None, at.now - M)),
        )
        verbs, events = answers[:8], answers[8:]
        assert {each.status_code for each in events} == {200}
        refused = [refusal(each) for each in verbs if each.status_code != 200]
        assert len(refused) >= 7 and set(refused) <= {(412, "stale-version"), (409, "wrong-state")}
        now = at.charge(charge["id"])
        assert now["freed_at"] == now["ended_at"] == (at.now - M).isoformat()
        assert (now["plate"] is None) == all(each.status_code != 200 for each in verbs[4:])


def test_whatever_is_told_while_the_car_goes_out_it_has_paid_what_it_was_charged(at: ChargingPoints) -> None:
    for number in range(1, ROUNDS + 1):
        plate = f"苏AD0000{number}"
        at.come(plate)
        at.tell(number, "1", "started", plate)
        since = at.now
        at.later(hours=2)
        at.pay(plate)
        answers = at_once(
            partial(at.send, at.park.camera_out, at.event(plate)),
            told(at, number, at.body("1", "ended", plate, since + 10 * M)),
            told(at, number, at.body("1", "freed", plate, since + 100 * M)),
        )
        assert {each.status_code for each in answers} == {200}
        if ok(answers[0])["verdict"] == "pay":
            at.pay(plate)
            assert at.go(plate)["verdict"] == "open"
        stay = at.stay(plate)
        assert stay["state"] == "left" and stay["cost"]["due_fen"] == 0
        assert stay["fee_fen"] == stay["paid_fen"] == stay["cost"]["total_fen"]
    with at.runtime.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ParkingStay)) == ROUNDS


def test_the_appointment_of_the_fee_and_what_is_told_then_do_not_wait_for_one_another(
    at: ChargingPoints,
) -> None:
    for number in range(1, ROUNDS + 1):
        plate = f"苏AD0000{number}"
        at.come(plate), at.come(PLATE)
        at.tell(number, "1", "started", plate)
        at.tell(number, "1", "ended", plate)
        at.clock.advance(30 * M)
        charge = at.charges()[number - 1]
        answers = at_once(
            at.system.worker.run_once,
            partial(at.verb, charge, "plate", plate=PLATE),
            told(at, number, at.body("1", "freed", plate, at.now)),
        )[1:]
        assert {each.status_code for each in answers} <= {200, 412} and answers[1].status_code == 200
        at.system.settle()
    announced = [(each["charge_id"], each["plate"]) for each in at.said("overstaying")]
    assert len(announced) == len(set(announced)), "each car once"
    with at.runtime.read() as session:
        kept = [timer for timer in session.scalars(sa.select(Timer)) if timer.name == OVERSTAY_TIMER]
        assert kept == [], "each was kept at once"


def test_of_points_that_are_set_up_at_one_bay_at_once_one_is_there(at: ChargingPoints) -> None:
    with at.runtime.transaction(OPERATOR) as tx:
        _lot, zone, bays = charging_bays(tx, at.park.lot, ROUNDS, code="D")
        zone_id, ids = zone.id, [bay.id for bay in bays]
    for number, bay in enumerate(ids, 1):
        version = at.ask(OPERATOR, "GET", f"/parking/lots/{at.park.lot}").headers["ETag"]
        path, headers = f"/parking/bays/{bay}/charging-points", {"If-Match": version}
        calls = [
            partial(at.ask, OPERATOR, "POST", path, json={"code": f"D{number}-{each}"}, headers=headers)
            for each in range(6)
        ]
        answers = at_once(*calls)
        assert sorted(each.status_code for each in answers) == [201, *[412] * 5]
        assert len(at.operator("GET", f"/parking/zones/{zone_id}/charging-points")["items"]) == number
