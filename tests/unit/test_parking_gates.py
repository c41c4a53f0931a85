"""What a barrier answers, how far the clock of a device is believed, and cars that are made up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facilities.capacity.grid import Span
from facilities.living.parking.gates.answers import (
    NOTE_NAMES,
    AtEntry,
    AtExit,
    Ground,
    Match,
    Note,
    Owed,
    Pass,
    Reason,
    Verdict,
    at_entry,
    at_exit,
    pass_fault,
)
from facilities.living.parking.gates.readings import (
    DEFAULT_LIMITS,
    DOUBT_NAMES,
    Direction,
    Doubt,
    Moment,
    Reading,
    is_same_event,
    is_seen_again,
    is_unexplained,
    moment_of,
)
from facilities.living.parking.gates.simulating import Camera, feed
from facilities.living.parking.vehicles import Exemption
from shared.clock import SystemClock
from shared.text import Text

few = settings(max_examples=60)
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 09:00 in the park
TODAY = date(2026, 11, 23)
S, M, H = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
VALID = Pass(date(2026, 11, 1), date(2026, 11, 30))
WHY = Text("多次逃费", "left without paying")
ENTRY = AtEntry(NOW, "苏A·12345", room=5)
FULL = replace(ENTRY, room=0)
EXIT = AtExit(NOW, "苏A·12345", Match.EXACT, Owed(0))


@pytest.mark.parametrize(
    ("facts", "verdict", "reason", "ground", "notes"),
    [
        (ENTRY, "open", "drive_in", Ground.DRIVE_IN, []),
        (FULL, "refuse", "full", None, []),
        (replace(ENTRY, drive_in=False), "refuse", "holders_only", None, []),
        (replace(ENTRY, plate=None), "refuse", "no_plate", None, []),
        (replace(ENTRY, banned=WHY), "refuse", "banned", None, []),
        (replace(ENTRY, open=False, passes=(VALID,)), "refuse", "closed", None, []),
        (
            replace(FULL, plate=None, banned=WHY, open=False, exemption=Exemption.AMBULANCE),
            "open",
            "exempt",
            Ground.EXEMPT,
            [],
        ),
        (replace(ENTRY, inside=True), "open", "drive_in", Ground.DRIVE_IN, [Note.EXIT_MISSED]),
        (replace(FULL, passes=(VALID,), drive_in=False), "open", "pass", Ground.PASS, []),
        (replace(FULL, passes=(replace(VALID, inside=1),)), "refuse", "full", None, [Note.PASS_TAKEN]),
        (
            replace(ENTRY, passes=(replace(VALID, inside=1),)),
            "open",
            "drive_in",
            Ground.DRIVE_IN,
            [Note.PASS_TAKEN],
        ),
        (replace(FULL, passes=(replace(VALID, inside=1), VALID)), "open", "pass", Ground.PASS, []),
        (
            replace(FULL, passes=(replace(VALID, until=date(2026, 11, 20), grace_days=3),)),
            "open",
            "pass",
            Ground.PASS,
            [Note.PASS_GRACE],
        ),
        (
            replace(ENTRY, passes=(replace(VALID, until=date(2026, 11, 20), grace_days=2),)),
            "open",
            "drive_in",
            Ground.DRIVE_IN,
            [Note.PASS_EXPIRED],
        ),
        (replace(FULL, reservation=Span(NOW, NOW + H)), "open", "reservation", Ground.RESERVATION, []),
        (
            replace(FULL, reservation=Span(NOW + 10 * M, NOW + H), early=15 * M),
            "open",
            "reservation",
            Ground.RESERVATION,
            [],
        ),
        (
            replace(FULL, reservation=Span(NOW + 20 * M, NOW + H), early=15 * M),
            "refuse",
            "full",
            None,
            [Note.TOO_EARLY],
        ),
        (
            replace(ENTRY, reservation=Span(NOW - H, NOW)),
            "open",
            "drive_in",
            Ground.DRIVE_IN,
            [Note.TOO_LATE],
        ),
        (replace(FULL, quota=1), "open", "quota", Ground.QUOTA, []),
        (replace(FULL, quota=0), "refuse", "full", None, [Note.QUOTA_TAKEN]),
    ],
)
def test_an_entry_is_answered_by_the_first_rule_that_applies(
    facts: AtEntry, verdict: str, reason: str, ground: Ground | None, notes: list[Note]
) -> None:
    found = at_entry(facts)
    assert (found.verdict, found.reason, found.ground, list(found.notes)) == (verdict, reason, ground, notes)


@pytest.mark.parametrize(
    ("facts", "verdict", "reason", "notes"),
    [
        (EXIT, "open", "free", []),
        (replace(EXIT, owed=Owed(0, 500, NOW + M)), "open", "paid", []),
        (replace(EXIT, ground=Ground.PASS), "open", "pass", []),
        (replace(EXIT, ground=Ground.QUOTA), "open", "quota", []),
        (replace(EXIT, owed=Owed(500)), "pay", "due", []),
        (replace(EXIT, owed=Owed(100, 500, NOW - M)), "pay", "due", [Note.GRACE_OVER]),
        (replace(EXIT, owed=Owed(100, 500, NOW + M)), "pay", "due", []),
        (replace(EXIT, match=Match.NEAR, owed=Owed(500)), "pay", "due", [Note.MISREAD]),
        (replace(EXIT, match=Match.NEAR), "open", "free", [Note.MISREAD]),
        (replace(EXIT, match=Match.SEVERAL, owed=None), "refuse", "ambiguous", []),
        (replace(EXIT, match=Match.NONE, owed=None), "refuse", "no_stay", []),
        (replace(EXIT, match=Match.NONE, owed=Owed(3_000)), "pay", "lost_entry", []),
        (replace(EXIT, match=Match.NONE, owed=Owed(0, 3_000)), "open", "paid", []),
        (replace(EXIT, plate=None, match=Match.NONE), "refuse", "no_plate", []),
        (
            replace(EXIT, plate=None, match=Match.NONE, owed=None, exemption=Exemption.FIRE),
            "open",
            "exempt",
            [],
        ),
    ],
)
def test_an_exit_opens_pays_or_calls_somebody(
    facts: AtExit, verdict: str, reason: str, notes: list[Note]
) -> None:
    found = at_exit(facts)
    assert (found.verdict, found.reason, list(found.notes)) == (verdict, reason, notes)
    assert found.due_fen == (facts.owed.due_fen if facts.owed and verdict == "pay" else 0)


def test_the_display_says_why_in_both_languages() -> None:
    assert at_entry(replace(ENTRY, banned=WHY)).words == Text(
        "该车辆不能进入：多次逃费", "This vehicle may not enter: left without paying"
    )
    assert at_exit(replace(EXIT, owed=Owed(1_250))).words == Text("请缴费12.50元", "Please pay 12.50 yuan")
    assert at_entry(ENTRY).words.zh == "苏A·12345 欢迎光临"
    assert set(NOTE_NAMES) == set(Note) and set(DOUBT_NAMES) == set(Doubt)


@pytest.mark.parametrize(
    ("held", "fault"),
    [
        (VALID, None),
        (replace(VALID, since=TODAY, until=TODAY), None),
        (replace(VALID, since=date(2026, 11, 24)), Note.PASS_NOT_YET),
        (replace(VALID, until=date(2026, 11, 22)), Note.PASS_EXPIRED),
        (replace(VALID, until=date(2026, 11, 22), grace_days=1), None),
        (replace(VALID, suspended=True), Note.PASS_SUSPENDED),
        (replace(VALID, bays=2, inside=1), None),
        (replace(VALID, bays=2, inside=2), Note.PASS_TAKEN),
    ],
)
def test_a_pass_is_good_on_its_days_while_it_has_a_bay(held: Pass, fault: Note | None) -> None:
    assert pass_fault(held, TODAY) is fault


PASSES = st.lists(
    st.builds(
        Pass,
        since=st.dates(date(2026, 11, 20), date(2026, 11, 26)),
        until=st.dates(date(2026, 11, 20), date(2026, 11, 26)),
        grace_days=st.integers(0, 3),
        bays=st.integers(1, 2),
        inside=st.integers(0, 3),
        suspended=st.booleans(),
    ),
    max_size=3,
).map(tuple)
ENTRIES = st.builds(
    AtEntry,
    now=st.just(NOW),
    plate=st.none() | st.just("苏A·12345"),
    room=st.integers(-1, 2),
    exemption=st.none() | st.sampled_from(Exemption),
    banned=st.none() | st.just(WHY),
    open=st.booleans(),
    inside=st.booleans(),
    passes=PASSES,
    reservation=st.none() | st.integers(-90, 90).map(lambda m: Span(NOW + m * M, NOW + m * M + H)),
    quota=st.none() | st.integers(0, 2),
    drive_in=st.booleans(),
)


@given(ENTRIES)
@few
def test_every_entry_has_one_answer_that_agrees_with_itself(facts: AtEntry) -> None:
    found = at_entry(facts)
    assert found.verdict in {Verdict.OPEN, Verdict.REFUSE}
    assert (found.ground is None) == (found.verdict is Verdict.REFUSE)
    assert found.words.zh and found.words.en and "{" not in found.words.zh + found.words.en
    if found.ground is Ground.DRIVE_IN:
        assert facts.room > 0 and facts.drive_in
    # More room never closes a barrier, and the black list never opens one.
    roomier = at_entry(replace(facts, room=facts.room + 1))
    assert found.verdict is Verdict.REFUSE or roomier.verdict is Verdict.OPEN
    banned = at_entry(replace(facts, banned=WHY))
    assert banned.verdict is Verdict.REFUSE or facts.exemption is not None


@given(
    st.builds(
        AtExit,
        now=st.just(NOW),
        plate=st.none() | st.just("苏A·12345"),
        match=st.sampled_from(Match),
        owed=st.none()
        | st.builds(
            Owed,
            due_fen=st.integers(0, 3),
            paid_fen=st.integers(0, 3),
            leave_by=st.none() | st.integers(-5, 5).map(lambda m: NOW + m * M),
        ),
        ground=st.none() | st.sampled_from(Ground),
        exemption=st.none() | st.sampled_from(Exemption),
    )
)
@few
def test_nobody_leaves_owing_and_nobody_is_held_who_does_not(facts: AtExit) -> None:
    found = at_exit(facts)
    assert found.words.zh and "{" not in found.words.zh + found.words.en
    assert (found.due_fen > 0) == (found.verdict is Verdict.PAY)
    if facts.exemption is None and facts.owed is not None and found.verdict is Verdict.OPEN:
        assert facts.owed.due_fen == 0
    known = facts.plate is not None and facts.match in {Match.EXACT, Match.NEAR} and facts.owed is not None
    if known:
        assert found.verdict is not Verdict.REFUSE
    if found.verdict is Verdict.OPEN:
        assert found.reason in {Reason.EXEMPT, Reason.PASS, Reason.QUOTA, Reason.PAID, Reason.FREE}


READING = Reading("7", "cam-1", "east-in", Direction.IN, "苏A12345", NOW, NOW)


@pytest.mark.parametrize(
    ("seen", "waiting", "moment"),
    [
        (NOW, True, Moment(NOW)),
        (NOW - 90 * S, True, Moment(NOW - 90 * S)),
        (NOW - 3 * M, True, Moment(NOW, Doubt.BEHIND)),
        (NOW - 365 * 24 * H, True, Moment(NOW, Doubt.BEHIND)),
        (NOW + S, True, Moment(NOW)),
        (NOW + 3 * M, True, Moment(NOW, Doubt.AHEAD)),
        (NOW - 3 * H, False, Moment(NOW - 3 * H)),
        (NOW - 4 * 24 * H, False, Moment(NOW, Doubt.STALE)),
        (NOW + 3 * M, False, Moment(NOW, Doubt.AHEAD)),
    ],
)
def test_a_clock_is_believed_as_far_as_it_can_be_right(seen: datetime, waiting: bool, moment: Moment) -> None:
    assert moment_of(replace(READING, seen_at=seen, waiting=waiting)) == moment


@given(st.integers(-(10**6), 10**6), st.booleans())
@few
def test_nothing_counts_as_later_than_it_came(seconds: int, waiting: bool) -> None:
    found = moment_of(replace(READING, seen_at=NOW + seconds * S, waiting=waiting))
    assert found.at <= NOW
    assert not waiting or NOW - found.at <= DEFAULT_LIMITS.skew
    assert found.doubt is None or found.at == NOW


def test_an_event_that_comes_twice_is_told_from_another_one_with_its_id() -> None:
    assert is_same_event(READING, replace(READING, received_at=NOW + H, waiting=False))
    for other in (
        replace(READING, id="8"),
        replace(READING, device="cam-2"),
        replace(READING, plate="苏A12346"),
        replace(READING, lane="west-in"),
        replace(READING, direction=Direction.OUT),
        replace(READING, seen_at=NOW + S),
    ):
        assert not is_same_event(READING, other)


def test_a_car_that_stands_in_the_lane_is_seen_again() -> None:
    again = replace(READING, id="8", seen_at=NOW + 10 * S, received_at=NOW + 10 * S)
    assert is_seen_again(READING, again) and is_seen_again(again, READING)
    assert not is_seen_again(READING, replace(again, seen_at=NOW + 11 * S, received_at=NOW + 11 * S))
    assert not is_seen_again(READING, replace(again, lane="west-in"))
    assert not is_seen_again(READING, replace(again, direction=Direction.OUT))
    nameless = replace(READING, plate=None)
    assert not is_seen_again(nameless, replace(again, plate=None))


def test_a_barrier_that_opens_without_a_cause_is_noticed() -> None:
    assert is_unexplained(NOW, [])
    assert is_unexplained(NOW, [NOW - 31 * S, NOW + S])
    assert not is_unexplained(NOW, [NOW - H, NOW - 5 * S])


def test_simulated_cars_leave_the_car_park_into_which_they_came() -> None:
    lots = [uuid4(), uuid4()]
    cameras = [
        Camera(f"{number}-{way}", "secret", way, lot) for number, lot in enumerate(lots) for way in Direction
    ]
    where: dict[object, UUID] = {}
    for told in islice(feed(cameras, 7, 0, SystemClock()), 200):
        assert isinstance(told.device, Camera)
        lot = told.device.lot_id
        if told.device.direction is Direction.IN:
            where[told.body["plate"]] = lot
        else:
            assert where.pop(told.body["plate"]) == lot
    assert set(where.values()) == set(lots)
