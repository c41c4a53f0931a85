"""The visits of a plate: the same passages make the same visits, whatever order they come in."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facilities.living.parking.gates.course import (
    STATE_NAMES,
    Change,
    Passage,
    State,
    Visit,
    changes,
    course,
)
from facilities.living.parking.gates.readings import Direction

few = settings(max_examples=60)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def passed(words: str) -> list[Passage]:
    """`a+0 b-60`: passage a goes in at noon, b goes out 60 seconds later; `aa` is another lane."""
    found = []
    for word in words.split():
        sign = "+" if "+" in word else "-"
        name, seconds = word.split(sign)
        direction = Direction.IN if sign == "+" else Direction.OUT
        lane = f"{direction}-{len(name)}"
        found.append(Passage(name, lane, direction, NOON + timedelta(seconds=int(seconds))))
    return found


def told(visits: Sequence[Visit]) -> list[str]:
    """Each visit in a word: seconds of entry and exit, state, passages."""

    def seconds(at: datetime | None) -> str:
        return "?" if at is None else str(int((at - NOON).total_seconds()))

    return [
        f"{seconds(each.entered_at)}-{seconds(each.left_at)} {each.state} {','.join(sorted(each.passages))}"
        for each in visits
    ]


@pytest.mark.parametrize(
    ("words", "visits"),
    [
        ("", []),
        ("a+0", ["0-? inside a"]),
        ("a+0 b-60", ["0-60 left a,b"]),
        ("b-60 a+0", ["0-60 left a,b"]),
        ("b-60", ["?-60 entry_missed b"]),
        ("a+0 c+60", ["0-60 exit_missed a", "60-? inside c"]),
        ("a+0 b-60 c+120 d-180", ["0-60 left a,b", "120-180 left c,d"]),
        ("d-180 c+120 b-60 a+0", ["0-60 left a,b", "120-180 left c,d"]),
        ("a+0 c+5", ["0-? inside a,c"]),
        ("a+0 cc+5", ["0-5 exit_missed a", "5-? inside cc"]),
        ("a+0 b-60 d-65", ["0-60 left a,b,d"]),
        ("a+0 b+8 c+16", ["0-? inside a,b,c"]),
        ("a+0 b-0", ["0-0 left a,b"]),
        ("a+0 b-60 c+60", ["0-60 left a,b", "60-? inside c"]),
        ("b-60 d-120", ["?-60 entry_missed b", "?-120 entry_missed d"]),
    ],
)
def test_passages_make_visits(words: str, visits: list[str]) -> None:
    assert told(course(passed(words))) == visits


def test_a_passage_that_comes_late_completes_what_was_half_known() -> None:
    orphan = course(passed("b-60"))
    whole = course(passed("b-60 a+0"))
    assert changes(orphan, whole) == [Change(orphan[0], whole[0])]
    missed = course(passed("a+0 c+120"))
    found = course(passed("a+0 c+120 b-60"))
    assert changes(missed, found) == [Change(missed[0], found[0])]
    assert changes(found, found) == []


def test_what_turns_out_to_be_one_visit_is_one() -> None:
    two = course(passed("a+0 c+16"))
    one = course(passed("a+0 c+16 b+8"))
    assert changes(two, one) == [Change(two[0], one[0]), Change(two[1], None)]
    assert changes([], one) == [Change(None, one[0])]


def test_an_id_counts_once_even_where_it_says_two_things() -> None:
    assert told(course([*passed("a+0"), *passed("a-60")])) == ["0-? inside a"]


def test_every_state_has_a_name() -> None:
    assert set(STATE_NAMES) == set(State)


PASSAGES = st.lists(
    st.builds(
        Passage,
        id=st.text("abcdefghijklmnop", min_size=2, max_size=2),
        lane=st.sampled_from(["north", "south"]),
        direction=st.sampled_from(Direction),
        at=st.integers(0, 120).map(lambda seconds: NOON + timedelta(seconds=3 * seconds)),
    ),
    max_size=12,
    unique_by=lambda each: each.id,
)


@given(PASSAGES, st.data())
@few
def test_neither_order_nor_repetition_makes_a_difference(
    passages: list[Passage], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(passages + passages[:5]))
    assert course(shuffled) == course(passages)


@given(PASSAGES)
@few
def test_a_car_is_inside_once_and_no_passage_is_lost(passages: list[Passage]) -> None:
    visits = course(passages)
    assert sorted(each for visit in visits for each in visit.passages) == sorted(each.id for each in passages)
    assert all(visit.state is not State.INSIDE for visit in visits[:-1])
    for visit in visits:
        assert visit.entered_at is None or visit.left_at is None or visit.entered_at <= visit.left_at
        assert (visit.left_at is None) == (visit.state is State.INSIDE)
        assert (visit.entered_at is None) == (visit.state is State.ENTRY_MISSED)
    for one, other in pairwise(visits):
        begun = other.entered_at or other.left_at
        assert one.left_at is not None and begun is not None and one.left_at <= begun


@given(PASSAGES, st.data())
@few
def test_the_changes_of_one_passage_after_the_other_lead_to_the_visits_of_all(
    passages: list[Passage], data: st.DataObject
) -> None:
    kept: list[Visit] = []
    came: list[Passage] = []
    for passage in data.draw(st.permutations(passages)):
        after = course([*came, passage])
        for change in changes(kept, after):
            if change.was is not None:
                kept.remove(change.was)
            if change.now is not None:
                kept.append(change.now)
        came.append(passage)
        assert {told([visit])[0] for visit in kept} == set(told(after))
        kept = after
