"""How much is taken of a time, part by part."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from facilities.capacity.grid import Span
from facilities.living.parking.rights.open_time import levels

START = datetime(2026, 12, 1, tzinfo=UTC)
HOURS = st.tuples(st.integers(0, 30), st.integers(1, 10), st.integers(1, 3))


@given(st.lists(HOURS, max_size=6))
def test_parts_make_up_the_time_and_each_says_what_is_taken_at_every_hour(
    drawn: list[tuple[int, int, int]],
) -> None:
    hour = timedelta(hours=1)
    taken = [(Span(START + since * hour, START + (since + length) * hour), n) for since, length, n in drawn]
    whole = Span(START + 5 * hour, START + 25 * hour)
    found = list(levels(whole, taken))
    assert found[0][0].start == whole.start and found[-1][0].end == whole.end
    said = [units for part, units in found for _hour in range(part.length // hour)]
    counted = [
        sum(n for each, n in taken if each.start <= START + at * hour < each.end) for at in range(5, 25)
    ]
    assert said == counted
