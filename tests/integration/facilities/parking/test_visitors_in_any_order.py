"""Visitors whose entry is told late, or after their exit: they have the minutes that their host bears."""

from datetime import datetime, timedelta

import pytest

from facilities.living.service import service as living
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.assembly import Assembly, publisher
from tests.integration.facilities.parking.gates import Gates, H, M, ok, verdicts
from tests.integration.facilities.parking.people import FIRM, Caller, person, span
from tests.integration.facilities.parking.test_quotas import register

VISITOR = "京D22222"


class Host:
    """A member of a firm who has invited a visitor for 120 minutes."""

    def __init__(self, at: Gates, starts_at: datetime, ends_at: datetime) -> None:
        self._caller = Caller(at.system, person(of=(FIRM,)))
        wish = {"lot_id": str(at.park.lot), "plate": VISITOR, "minutes": 120, "on_behalf_of": FIRM}
        self._visit = ok(self._caller.ask("POST", "/visits", wish | span(starts_at, ends_at)))["id"]

    @property
    def state(self) -> str:
        return str(self._caller.get(f"/visits/{self._visit}")["state"])


@pytest.fixture
def at(make_system: SystemFactory, clock: ManualClock) -> Gates:
    found = Gates(make_system([publisher, living]), clock, near=2, far=1, tariff="T1")
    register(Assembly(found.system, clock), FIRM)
    return found


def outcome(at: Gates, host: Host) -> tuple[list[tuple[str, int | None]], str]:
    """What became of the visitor's stays and of the invitation; the ledger is sound."""
    at.sound()
    return [(stay.state.value, stay.fee_fen) for stay in at.stays(VISITOR)], host.state


@pytest.mark.parametrize("first", ["entry", "exit"])
def test_a_visitor_has_the_minutes_whichever_passage_is_told_first(at: Gates, first: str) -> None:
    host = Host(at, at.now - 5 * H, at.now + H)
    came = (at.now - 100 * M).isoformat()
    if first == "entry":
        at.come(VISITOR, seen_at=came, waiting=False)
    at.go(VISITOR, waiting=False)
    if first == "exit":
        at.later(seconds=1)
        at.come(VISITOR, seen_at=came, waiting=False)
    assert outcome(at, host) == ([("left", 0)], "come")


def test_a_visitor_held_at_the_exit_for_a_lost_entry_owes_nothing_once_it_is_told(at: Gates) -> None:
    host = Host(at, at.now - 5 * H, at.now + H)
    assert verdicts([at.go(VISITOR)]) == ["pay lost_entry"]
    at.later(seconds=5)
    at.come(VISITOR, seen_at=(at.now - 100 * M).isoformat(), waiting=False)
    at.later(seconds=15)
    assert verdicts([at.go(VISITOR)]) == ["open free"]
    assert outcome(at, host) == ([("left", 0)], "come")


def test_an_entry_within_an_invitation_that_is_told_after_its_end_has_the_minutes(at: Gates) -> None:
    host = Host(at, at.now - 5 * H, at.now + timedelta(seconds=2))
    at.later(seconds=3)
    at.come(VISITOR, seen_at=(at.now - 100 * M).isoformat(), waiting=False)
    assert verdicts([at.go(VISITOR)]) == ["open free"]
    assert outcome(at, host) == ([("left", 0)], "come")


def test_an_entry_before_or_after_an_invitation_has_no_minutes_however_it_is_told(at: Gates) -> None:
    host = Host(at, at.now - 90 * M, at.now + 2 * M)
    at.go(VISITOR, waiting=False)
    at.later(seconds=1)
    at.come(VISITOR, seen_at=(at.now - 100 * M).isoformat(), waiting=False)
    assert outcome(at, host) == ([("left", 600)], "invited")
    at.later(minutes=3)
    at.come(VISITOR)
    assert host.state == "invited"


def test_a_visitor_who_went_in_before_the_car_park_was_full_has_the_minutes(at: Gates) -> None:
    host = Host(at, at.now - 5 * H, at.now + H)
    at.later(minutes=20)
    came = (at.now - 10 * M).isoformat()
    at.come("苏A00001"), at.come("苏A00002"), at.come("苏A00003")
    assert sum(at.free()) == 0
    at.come(VISITOR, seen_at=came, waiting=False)
    at.later(minutes=80)
    assert verdicts([at.go(VISITOR)]) == ["open free"]
    assert outcome(at, host) == ([("left", 0)], "come")


def test_two_visits_that_turn_out_to_be_one_keep_the_minutes(at: Gates) -> None:
    host = Host(at, at.now - 5 * H, at.now + H)
    at.come(VISITOR, seen_at=(at.now - 100 * M).isoformat(), waiting=False)
    for seconds in (18, 9):
        seen_at = at.now - 100 * M - timedelta(seconds=seconds)
        at.come(VISITOR, seen_at=seen_at.isoformat(), waiting=False)
    at.go(VISITOR)
    assert outcome(at, host) == ([("left", 0)], "come")
