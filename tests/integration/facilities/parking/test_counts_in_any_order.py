"""Whatever happens in a car park and in whatever order: ledgers, entries and cars say the same."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import count as numbers
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from facilities.living.service import service as living
from shared.actor import SYSTEM
from shared.clock import ManualClock
from shared.messaging.timers import Timer
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.conftest import MONDAY_MORNING
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.facilities.parking.counts import check_now, count, take_stock, taken, zones
from tests.integration.facilities.parking.gates import Gates, ok
from tests.integration.facilities.parking.people import Caller, person

Step = tuple[Any, ...]
PLATES = ("苏A00001", "苏A00002", "苏A00003", "京B67890", "京C11111")
"""The last but one has a pass, the last one a bay reserved for some hours."""
_CARS = st.sampled_from(PLATES)
_STRANGERS = st.sampled_from(("苏D00001", "苏D00002"))
_AGO = st.sampled_from((0, 0, 5, 45, 100))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("come"), _CARS),
        st.tuples(st.just("go"), _CARS),
        st.tuples(st.sampled_from(("told in", "told out")), _CARS, _AGO),
        st.tuples(st.just("told out"), _STRANGERS, _AGO),
        st.tuples(st.just("count"), st.sampled_from(("near", "far")), st.integers(0, 5)),
        st.tuples(st.just("count"), st.sampled_from(("near", "far")), st.integers(0, 5)),
        st.tuples(st.just("stock"), st.sets(_CARS, max_size=3)),
        st.tuples(st.sampled_from(("wait", "later")), st.sampled_from((1, 20, 31, 95, 500))),
    ),
    min_size=6,
    max_size=30,
)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def system(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SystemUnderTest]:
    """One system for all examples: each has a car park of its own."""
    databases: Databases = request.getfixturevalue(f"{request.param}_databases")
    factory = SystemFactory(databases, tmp_path_factory.mktemp("counts"), ManualClock(MONDAY_MORNING))
    yield factory([living])
    factory.close()


_codes = numbers(1)


def car_park(system: SystemUnderTest) -> Gates:
    """One zone of three bays and one of two; somebody has a pass, somebody a bay reserved."""
    clock = system.clock
    assert isinstance(clock, ManualClock)
    at = Gates(system, clock, code=f"C{next(_codes)}", near=3, far=2, tariff="T5")
    *_others, held, reserved = PLATES
    lot = {"lot_id": str(at.park.lot)}
    bought = ok(at.ask(person(), "POST", "/parking/passes", json=lot | {"plates": [held]}))
    ok(Caller(system, OPERATOR).act(f"/passes/{bought['id']}/paid-at-booth"))
    start = at.now.replace(minute=0, second=0) + timedelta(hours=2)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=4)).isoformat()}
    ok(at.ask(person(), "POST", "/parking/reservations", json=lot | times | {"plate": reserved}))
    return at


def do(at: Gates, name: str, *what: Any) -> None:
    """One thing that happens, not within the seconds in which a car in a lane is the same one."""
    at.clock.advance(timedelta(seconds=20))
    if name in ("come", "go"):
        getattr(at, name)(*what)
    elif name in ("told in", "told out"):
        plate, ago = what
        seen_at = (at.now - timedelta(minutes=ago)).isoformat()
        tell = at.come if name == "told in" else at.go
        tell(plate, waiting=False, seen_at=seen_at)
    elif name == "count":
        zone, cars = what
        count(at, cars, getattr(at.park, zone))
        now = zones(at)[("near", "far").index(zone)]
        assert now["inside"] == cars, "as many are there as were counted"
    elif name == "stock":
        (there,) = what
        take_stock(at, *there)
        assert {each.mark for each in inside(at)} == there
        assert [(zone["unknown"], zone["doubted"]) for zone in zones(at)] == [(0, 0)] * 2
    elif name == "wait":
        at.clock.advance(timedelta(minutes=what[0]))
    else:
        at.later(minutes=what[0])


def inside(at: Gates) -> list[Any]:
    return [each for each in at.stays() if each.left_at is None and each.lot_id == at.park.lot]


def leave_alone(system: SystemUnderTest) -> None:
    """Let the car parks of examples before be looked at no more: there would be more of them each night."""
    with system.runtime("living").transaction(SYSTEM) as tx:
        tx.session.execute(sa.delete(Timer))
        tx.audit("timers.forgotten", "timer", "all")


def live(system: SystemUnderTest, steps: Sequence[Step]) -> None:
    """Let all of it happen, looking after each step whether anything is wrong; time may pass unseen."""
    leave_alone(system)
    at = car_park(system)
    for number, step in enumerate(steps):
        do(at, *step)
        if step[0] not in ("wait", "later"):
            assert check_now(at) == [], f"after {list(steps[: number + 1])}"
    at.later(minutes=31)
    assert check_now(at) == []
    at.sound()
    take_stock(at)
    at.later(hours=9)  # what was reserved is over
    assert check_now(at) == [] and taken(at)[1] == 0
    at.sound()


@pytest.mark.parametrize("examples", [12, pytest.param(40, marks=pytest.mark.slow)])
def test_nothing_that_happens_in_any_order_makes_ledgers_and_cars_differ(
    system: SystemUnderTest, examples: int
) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate, Phase.shrink],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(steps=STEPS)
    def run(steps: list[Step]) -> None:
        live(system, steps)

    run()
