"""Cars at several lanes at once, on both databases: each is inside once, and no more than fit."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from facilities.living.parking.gates import deciding
from facilities.living.parking.gates.model import GateEvent
from facilities.living.parking.occupancy.commands import take_room
from facilities.living.parking.stays.model import ParkingStay
from shared.clock import ManualClock
from shared.messaging.outbox import OutboxMessage
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.integration.facilities.parking.counts import count, is_sound, taken
from tests.integration.facilities.parking.gates import Gates, gates, ok, verdicts

ROUNDS = 3
AT_ONCE = 8


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def make(request: pytest.FixtureRequest, tmp_path: Any, clock: ManualClock) -> Any:
    """Whole systems on each database, each of them every day."""
    databases: Databases = request.getfixturevalue(f"{request.param}_databases")
    factory = SystemFactory(databases, tmp_path, clock)
    yield factory
    factory.close()


@pytest.fixture
def on_postgres(postgres_databases: Databases, tmp_path: Any, clock: ManualClock) -> Iterator[SystemFactory]:
    factory = SystemFactory(postgres_databases, tmp_path, clock)
    yield factory
    factory.close()


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """All let go together; the answers in the same order."""
    start = threading.Barrier(len(calls), timeout=60)

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls, timeout=60))


def rows(at: Gates, table: Any) -> int:
    with at.runtime.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def told(at: Gates, body: dict[str, Any], camera: UUID | None = None) -> Callable[[], Any]:
    return lambda: at.send(camera or at.park.camera_in, body)


def test_at_once_no_car_is_inside_twice_no_bay_is_given_twice_and_no_event_counts_twice(
    make: SystemFactory, clock: ManualClock
) -> None:
    at = gates(make, clock, near=2, far=3)
    for number in range(ROUNDS):
        same = at.event(f"苏A0000{number}")
        answers = [ok(each) for each in at_once([told(at, same)] * AT_ONCE)]
        assert sorted(each["repeated"] for each in answers) == [False, *[True] * (AT_ONCE - 1)]
        assert len({each["event_id"] for each in answers}) == 1

        plate = f"苏B0000{number}"
        answers = [ok(each) for each in at_once([told(at, at.event(plate)) for _ in range(AT_ONCE)])]
        assert {each["verdict"] for each in answers} == {"open"}
        assert [each.state for each in at.stays(plate)] == ["inside"]

        reused = [same | {"id": f"r{number}", "plate": f"苏C{number}000{each}"} for each in range(AT_ONCE)]
        statuses = [each.status_code for each in at_once([told(at, body) for body in reused])]
        assert statuses.count(200) == 1 and set(statuses) == {200, 409}

        free = sum(at.free())
        wanted = [told(at, at.event(f"苏D{number}000{each}")) for each in range(AT_ONCE)]
        verdicts = [ok(each)["verdict"] for each in at_once(wanted)]
        assert verdicts.count("open") == free and sum(at.free()) == 0
        at.sound()
        inside = [each.mark for each in at.stays() if each.left_at is None]
        leaving = [at.event(mark) for mark in inside]
        out = at_once([told(at, body, at.park.camera_out) for body in leaving])
        assert {ok(each)["verdict"] for each in out} == {"open"} and sum(at.free()) == 5
        at.sound()
        at.later(minutes=31)
    assert at.alarms() == []


@pytest.mark.postgres
def test_a_bay_is_not_given_twice_at_the_turn_of_a_slot(
    on_postgres: SystemFactory, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = gates(on_postgres, clock, near=1, far=1)
    at.clock.advance(timedelta(minutes=29, seconds=59))
    late = threading.Event()

    def others_come_first(*args: Any) -> Any:
        """The first to ask still has the time of the last slot when others are in the next one."""
        if not late.is_set():
            late.set()
            at.clock.advance(timedelta(seconds=2))
            with ThreadPoolExecutor(1) as pool:
                coming = [pool.submit(at.come, plate) for plate in ("苏A00001", "苏A00002")]
                assert [each.result(20)["verdict"] for each in coming] == ["open", "open"]
        return take_room(*args)

    monkeypatch.setattr(deciding, "take_room", others_come_first)
    assert verdicts([at.come("苏B00002")]) == ["refuse full"]
    assert at.free() == [0, 0]
    at.sound()


def test_whoever_is_behind_the_slot_of_a_zone_counts_in_that_slot(
    make: SystemFactory, clock: ManualClock
) -> None:
    at, behind = gates(make, clock, near=1, far=2), timedelta(minutes=2)
    at.come("苏A00001")
    at.clock.advance(timedelta(minutes=31))
    at.come("苏A00002")  # in the next slot, up to which all are counted now
    at.clock.advance(-behind)
    assert verdicts([at.come("苏B00001"), at.come("苏B00002")]) == ["open drive_in", "refuse full"]
    at.go("苏A00001")
    count(at, 1)  # one of which nothing is known
    at.clock.advance(behind)
    assert taken(at) == [1, 2] and at.free() == [0, 0]
    is_sound(at)
    at.come("苏B00003", waiting=False)
    at.clock.advance(-behind)
    at.come("苏B00004", waiting=False)  # it has happened, wherever it was sent
    at.clock.advance(behind)
    is_sound(at)


def test_what_is_rolled_back_leaves_nothing(make: SystemFactory, clock: ManualClock) -> None:
    at = gates(make, clock)
    with at.runtime.database.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM gate_event")).scalar() == 0

    def fail(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if "outbox_message" in statement and "INSERT" in statement:
            raise RuntimeError("the power is gone")

    engine = at.runtime.database.engine
    event = at.event("苏A12345")
    sa.event.listen(engine, "before_cursor_execute", fail)
    assert at.send(at.park.camera_in, event).status_code == 500
    sa.event.remove(engine, "before_cursor_execute", fail)
    assert [rows(at, each) for each in (GateEvent, ParkingStay, OutboxMessage)] == [0, 0, 0]
    assert at.free() == [2, 2]
    assert ok(at.send(at.park.camera_in, event))["repeated"] is False
    at.sound()
