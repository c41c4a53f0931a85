"""What a use costs: against sums done another way, and what must hold for every price."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from facilities.capacity.amounts import Rounding
from facilities.capacity.bands import Band, Boundary
from facilities.capacity.grid import Span
from facilities.capacity.pricing import Kind, Quote, Use, billed_time, quote, wrong_use
from facilities.capacity.tariff import Operator, PriceVersion, Unit
from shared.text import Text

H, M = timedelta(hours=1), timedelta(minutes=1)
MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 09:00 in Shanghai
BERLIN = ZoneInfo("Europe/Berlin")
ALL_WEEK = frozenset(range(1, 8))
NIGHT = Band(Text("夜间", "Night"), ALL_WEEK, time(22), time(6), 2_000)
WEEKEND = Band(Text("周末", "Weekend"), frozenset({6, 7}), time(0), time(0), 5_000)
HOURLY = PriceVersion(1, date(2026, 1, 1), Unit.HOUR, 10_000, steps=4)


def use(length: timedelta, start: datetime = MONDAY, units: int = 1) -> Use:
    return Use(Span(start, start + length), units)


def amounts(found: Quote) -> dict[str, int]:
    assert all(line.what.zh and line.what.en and line.unit.zh and line.unit.en for line in found.lines)
    return {line.what.en: line.amount_fen for line in found.lines}


@pytest.mark.parametrize(
    ("rounding", "length", "steps"),
    [
        (Rounding.UP, 61 * M, 5),
        (Rounding.UP, 60 * M, 4),
        (Rounding.DOWN, 74 * M, 4),
        (Rounding.DOWN, 75 * M, 5),
        (Rounding.HALF_UP, 67 * M, 4),
        (Rounding.HALF_UP, timedelta(minutes=67, seconds=30), 5),
        (Rounding.DOWN, 14 * M, 0),
    ],
)
def test_a_part_of_a_step_counts_as_the_version_says(
    rounding: Rounding, length: timedelta, steps: int
) -> None:
    found = quote(replace(HOURLY, rounding=rounding), use(length))
    assert found.total_fen == steps * 2_500
    assert found.lines[0].quantity == Fraction(steps, 4)


def test_everything_that_is_paid_is_a_line_of_its_own_and_the_deposit_none() -> None:
    version = replace(
        HOURLY,
        number=7,
        operator=Operator.EXTRA,
        operator_fen=4_000,
        set_up_fen=5_000,
        deposit_fen=100_000,
        bands=(NIGHT,),
    )
    asked = replace(use(4 * H, datetime(2026, 11, 23, 12, tzinfo=UTC), 2), with_operator=True)
    found = quote(version, asked)
    assert amounts(found) == {"Use": 80_000, "Night": 8_000, "Operator": 32_000, "Set-up": 10_000}
    assert [line.quantity for line in found.lines] == [8, 4, 8, 2]
    assert (found.total_fen, found.deposit_fen, found.version) == (130_000, 200_000, 7)
    assert found.lines[1].to_json() == {
        "kind": "band",
        "what": {"zh": "夜间", "en": "Night"},
        "quantity": "4",
        "unit": {"zh": "小时", "en": "h"},
        "unit_price_fen": 2_000,
        "amount_fen": 8_000,
    }


def test_an_operator_who_is_included_costs_nothing_more() -> None:
    asked = replace(use(H), with_operator=True)
    assert quote(replace(HOURLY, operator=Operator.INCLUDED, operator_fen=4_000), asked).total_fen == 10_000
    without = replace(HOURLY, operator=Operator.EXTRA, operator_fen=4_000)
    assert quote(without, use(H)).total_fen == 10_000


def test_less_than_the_minimum_is_filled_up_once() -> None:
    version = replace(HOURLY, minimum_fen=15_001, set_up_fen=1_000)
    assert amounts(quote(version, use(H))) == {
        "Use": 10_000,
        "Set-up": 1_000,
        "Up to the minimum charge": 4_001,
    }
    assert amounts(quote(version, use(2 * H))) == {"Use": 20_000, "Set-up": 1_000}


def test_shifts_and_days_are_whole_ones() -> None:
    shifts = replace(HOURLY, unit=Unit.SHIFT, steps=1, shift=8 * H)
    assert quote(shifts, use(9 * H)).total_fen == 20_000
    days = replace(HOURLY, unit=Unit.DAY, steps=1)
    assert quote(days, use(25 * H)).total_fen == 20_000


@pytest.mark.parametrize("day", [datetime(2027, 3, 28), datetime(2027, 10, 31)])  # noqa: DTZ001 - a wall time
def test_a_day_on_which_the_clocks_change_is_a_day(day: datetime) -> None:
    midnights = [(day + timedelta(days=n)).replace(tzinfo=BERLIN).astimezone(UTC) for n in range(3)]
    version = replace(HOURLY, unit=Unit.DAY, steps=1, tz=BERLIN)
    assert quote(version, Use(Span(midnights[0], midnights[1]))).total_fen == 10_000
    assert quote(version, Use(Span(midnights[0], midnights[2]))).total_fen == 20_000


def test_pieces_cost_by_their_number_and_not_by_time_or_machines() -> None:
    version = replace(HOURLY, unit=Unit.PIECE, unit_fen=35, minimum_order=100, set_up_fen=2_000)
    for length in (H, 50 * H):
        found = quote(version, replace(use(length, units=2), pieces=150))
        assert amounts(found) == {"Use": 5_250, "Set-up": 4_000}


@pytest.mark.parametrize(
    ("version", "asked", "code"),
    [
        (HOURLY, Use(Span(MONDAY, MONDAY + H), pieces=4), "uncounted"),
        (HOURLY, Use(Span(MONDAY, MONDAY + H), with_operator=True), "no_operator"),
        (replace(HOURLY, unit=Unit.PIECE), Use(Span(MONDAY, MONDAY + H)), "required"),
        (
            replace(HOURLY, unit=Unit.PIECE, minimum_order=9),
            Use(Span(MONDAY, MONDAY + H), pieces=8),
            "too_few",
        ),
        (replace(HOURLY, unit=Unit.BATCH), Use(Span(MONDAY, MONDAY + H), pieces=-1), "too_few"),
        (replace(HOURLY, unit=Unit.BATCH), Use(Span(MONDAY, MONDAY + H), pieces=10**9), "too_many"),
    ],
)
def test_what_has_no_price_is_refused_with_the_reason(version: PriceVersion, asked: Use, code: str) -> None:
    (wrong,) = wrong_use(version, asked)
    assert wrong.code == code
    assert wrong.message.zh and wrong.message.en
    with pytest.raises(ValueError, match=code):
        quote(version, asked)


def test_nobody_uses_less_than_one_unit() -> None:
    with pytest.raises(ValueError, match="nothing"):
        use(H, units=0)


def test_a_step_follows_the_hours_in_which_it_begins_or_is_divided() -> None:
    start = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)  # 21:30: the night begins in the midst of the hour
    whole = replace(HOURLY, steps=1, bands=(NIGHT,))
    assert amounts(quote(whole, use(2 * H, start))) == {"Use": 20_000, "Night": 2_000}
    split = replace(whole, boundary=Boundary.SPLIT)
    assert amounts(quote(split, use(2 * H, start))) == {"Use": 20_000, "Night": 3_000}


def test_of_several_hours_the_first_of_the_list_counts() -> None:
    saturday_night = datetime(2026, 11, 28, 15, tzinfo=UTC)
    version = replace(HOURLY, bands=(NIGHT, WEEKEND))
    assert amounts(quote(version, use(H, saturday_night))) == {"Use": 10_000, "Night": 2_000}
    version = replace(HOURLY, bands=(WEEKEND, NIGHT))
    assert amounts(quote(version, use(H, saturday_night))) == {"Use": 10_000, "Weekend": 5_000}


BANDS = st.lists(
    st.builds(
        Band,
        name=st.just(Text("时段", "Hours")),
        weekdays=st.frozensets(st.integers(1, 7), min_size=1),
        since=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
        until=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
        surcharge_bp=st.integers(0, 20_000),
    ),
    max_size=3,
).map(tuple)
VERSIONS = st.builds(
    PriceVersion,
    number=st.just(1),
    effective_on=st.just(date(2026, 1, 1)),
    unit=st.sampled_from([Unit.HOUR, Unit.SHIFT, Unit.DAY]),
    unit_fen=st.integers(0, 10**6),
    shift=st.integers(1, 24 * 4).map(lambda quarters: quarters * 15 * M),
    steps=st.integers(1, 12),
    rounding=st.sampled_from(Rounding),
    bands=BANDS,
    boundary=st.sampled_from(Boundary),
    operator=st.just(Operator.EXTRA),
    operator_fen=st.integers(0, 10**5),
    set_up_fen=st.integers(0, 10**5),
    minimum_fen=st.integers(0, 10**6),
    deposit_fen=st.integers(0, 10**6),
    tz=st.sampled_from([ZoneInfo("Asia/Shanghai"), BERLIN]),
)
# Around both changes of the clocks in Berlin, and at any other time of a year.
STARTS = st.one_of(
    st.integers(0, 365 * 1440),
    st.integers(85 * 1440, 88 * 1440),
    st.integers(302 * 1440, 305 * 1440),
).map(lambda minutes: datetime(2027, 1, 1, tzinfo=UTC) + minutes * M)
LENGTHS = st.integers(1, 5 * 1440).map(lambda minutes: minutes * M)


@given(VERSIONS, STARTS, LENGTHS, LENGTHS, st.integers(1, 3), st.booleans())
def test_it_is_never_negative_and_never_falls_when_time_or_machines_grow(
    version: PriceVersion, start: datetime, length: timedelta, more: timedelta, units: int, operator: bool
) -> None:
    asked = replace(use(length, start, units), with_operator=operator)
    found = quote(version, asked)
    assert all(line.amount_fen >= 0 for line in found.lines)
    assert found.total_fen >= version.minimum_fen
    longer = replace(asked, span=Span(start, start + length + more))
    assert quote(version, longer).total_fen >= found.total_fen
    assert quote(version, replace(asked, units=units + 1)).total_fen >= found.total_fen


@given(VERSIONS, STARTS, st.integers(1, 5), LENGTHS)
def test_two_bookings_that_meet_where_a_unit_ends_cost_as_much_as_one(
    version: PriceVersion, start: datetime, units: int, rest: timedelta
) -> None:
    version = replace(version, set_up_fen=0, minimum_fen=0)
    wall = start.astimezone(version.tz)
    if version.unit is Unit.DAY:
        meeting = (wall + timedelta(days=units)).astimezone(UTC)
        # Who begins in an hour that is skipped begins later by the wall from then on.
        assume(all(_exists(wall.replace(tzinfo=None) + timedelta(days=n), version.tz) for n in range(12)))
    else:
        meeting = start + units * (version.shift if version.unit is Unit.SHIFT else H)
    end = meeting + rest
    one = quote(version, Use(Span(start, end)))
    two = [quote(version, Use(Span(start, meeting))), quote(version, Use(Span(meeting, end)))]
    assert one.total_fen == sum(each.total_fen for each in two)


def _exists(wall: datetime, tz: ZoneInfo) -> bool:
    """Whether the wall time is there, and only once."""
    early, late = (wall.replace(tzinfo=tz, fold=fold).utcoffset() for fold in (0, 1))
    return early == late


@given(VERSIONS, st.sampled_from([1, 2, 3, 4, 5, 6, 10, 12]), STARTS, LENGTHS)
@example(
    replace(HOURLY, unit_fen=100, bands=(NIGHT,), boundary=Boundary.SPLIT),
    3,
    datetime(2026, 11, 23, 13, 50, tzinfo=UTC),
    40 * M,
)
def test_surcharges_are_those_of_each_minute_billed(
    version: PriceVersion, steps: int, start: datetime, length: timedelta
) -> None:
    """Minute by minute, or by the beginning of its step; in Shanghai, where no clock changes."""
    version = replace(version, unit=Unit.HOUR, steps=steps, tz=ZoneInfo("Asia/Shanghai"))
    step = H / version.steps
    expected: dict[int, Fraction] = {}
    billed = sum((parts.billed for parts in billed_time(version, Span(start, start + length))), Fraction(0))
    minutes = int(billed * 60)
    assert minutes == billed * 60
    for minute in range(minutes):
        at = start + minute * M
        if version.boundary is Boundary.FOLLOW_THROUGH:
            at = start + ((at - start) // step) * step
        band = _band_of(version, at)
        if band is not None:
            expected[band] = expected.get(band, Fraction(0)) + Fraction(1, 60)
    found: dict[int, Fraction] = {}
    for parts in billed_time(version, Span(start, start + length)):
        for band, share in parts.in_bands.items():
            found[band] = found.get(band, Fraction(0)) + share
    assert found == expected


def _band_of(version: PriceVersion, at: datetime) -> int | None:
    wall = at.astimezone(version.tz)
    for number, band in enumerate(version.bands):
        yesterday = (wall.isoweekday() - 2) % 7 + 1
        if band.since < band.until:
            inside = wall.isoweekday() in band.weekdays and band.since <= wall.time() < band.until
        else:
            inside = (wall.isoweekday() in band.weekdays and wall.time() >= band.since) or (
                yesterday in band.weekdays and wall.time() < band.until
            )
        if inside:
            return number
    return None


@given(VERSIONS, STARTS, LENGTHS)
def test_a_line_is_its_quantity_times_its_price_but_for_half_a_fen_a_unit(
    version: PriceVersion, start: datetime, length: timedelta
) -> None:
    found = quote(version, use(length, start))
    units = len(billed_time(version, Span(start, start + length)))
    for line in found.lines:
        assert abs(line.amount_fen - line.quantity * line.unit_price_fen) <= Fraction(units, 2)
        if line.kind in {Kind.SET_UP, Kind.MINIMUM}:
            assert line.amount_fen == line.quantity * line.unit_price_fen
