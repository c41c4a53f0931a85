"""The stays of a car follow from its passages alone: told in any order, and twice, they are the same."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from facilities.living.parking.gates.commands import Said, receive
from facilities.living.parking.gates.devices import Post, post_at
from facilities.living.parking.gates.model import GateEvent
from facilities.living.parking.stays.model import ParkingStay
from shared.actor import SYSTEM
from shared.clock import ManualClock
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.conftest import MONDAY_MORNING
from tests.integration.facilities.parking.gates import Gates, gates

Passing = tuple[int, str]
"""Seconds after the beginning, and the camera: `in` or `out`."""
PASSAGES = st.lists(
    st.tuples(st.sampled_from([*range(0, 60, 4), *range(60, 7200, 450)]), st.sampled_from(["in", "out"])),
    min_size=2,
    max_size=7,
    unique=True,
)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def at(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gates]:
    """One car park for all examples: each has cars of its own."""
    databases: Databases = request.getfixturevalue(f"{request.param}_databases")
    clock = ManualClock(MONDAY_MORNING)
    factory = SystemFactory(databases, tmp_path_factory.mktemp("course"), clock)
    yield gates(factory, clock, near=40, far=4000, merge_minutes=10)
    factory.close()


def tell(at: Gates, plate: str, passages: Sequence[Passing]) -> None:
    """Tell of passages, one after another, all of which have happened."""
    with at.runtime.read() as session:
        posts = {"in": post_at(session, at.park.way_in), "out": post_at(session, at.park.way_out)}
    devices = {"in": at.park.camera_in, "out": at.park.camera_out}
    for number, (seconds, way) in enumerate(passages):
        post = posts[way]
        assert post is not None
        signed = Post(**{name: getattr(post, name) for name in Post.__slots__} | {"device_id": devices[way]})
        seen_at = MONDAY_MORNING - timedelta(hours=3) + timedelta(seconds=seconds)
        said = Said(f"{plate}-{number}-{seconds}", plate, seen_at, waiting=False)
        with at.runtime.transaction(SYSTEM) as tx:
            receive(tx, signed, said)


def found(at: Gates, plate: str) -> list[tuple[Any, ...]]:
    """The stays of a car with what they cost, and which passages belong to each."""
    with at.runtime.read() as session:
        stays = session.scalars(sa.select(ParkingStay).where(ParkingStay.mark == plate)).all()
        events = session.scalars(sa.select(GateEvent).where(GateEvent.mark == plate)).all()
    order = sorted(stays, key=lambda each: (each.entered_at or each.left_at, each.left_at or at.now))
    place = {stay.id: number for number, stay in enumerate(order)}
    mine: dict[int, set[Any]] = {number: set() for number in place.values()}
    for event in events:
        assert event.stay_id is not None
        mine[place[event.stay_id]].add((event.at, event.direction))
    return [
        (
            each.state,
            each.entered_at,
            each.left_at,
            each.fee_fen,
            each.tariff,
            place.get(each.continues) if each.continues else None,
            each.overflow_id is not None,
            mine[place[each.id]],
        )
        for each in order
    ]


def compare(at: Gates, passages: list[Passing], seed: int) -> None:
    """In their order, and in another one with some of them told twice by another event."""
    luck = random.Random(seed)
    one, other = at.fresh_plate(), at.fresh_plate()
    tell(at, one, sorted(passages))
    shuffled = [*passages, *luck.sample(passages, k=min(2, len(passages)))]
    luck.shuffle(shuffled)
    tell(at, other, shuffled)
    assert found(at, one) == found(at, other)


@pytest.mark.parametrize("examples", [15, pytest.param(200, marks=pytest.mark.slow)])
def test_the_same_passages_make_the_same_stays_in_whatever_order_they_are_told(
    at: Gates, examples: int
) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate, Phase.shrink],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(passages=PASSAGES, seed=st.integers(0, 2**40))
    def run(passages: list[Passing], seed: int) -> None:
        compare(at, passages, seed)

    run()
    at.sound()
