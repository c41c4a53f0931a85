"""The rows of a tariff as they are typed: added and removed anywhere, without touching the others."""

from hypothesis import given
from hypothesis import strategies as st

from facilities.living.parking.lots.pricing.view import shape_of
from facilities.living.parking.tariffs.published import published
from gateway.portal.parking.operating.tariff_rows import (
    MOST_BANDS,
    MOST_CAPS,
    MOST_RATES,
    asked_for,
    changed,
    named_by_field,
    rows_in,
    typed_of,
    without_empty,
)

BANDS, CAPS = "rates.0.bands", "rates.0.period.caps_fen"
names = st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=MOST_BANDS, unique=True)


def bands(found: list[str]) -> dict[str, object]:
    typed: dict[str, object] = {"name.en": "T", "rates.0.unit.fen": "1", "rates.1.bands.0.name.en": "other"}
    for number, name in enumerate(found):
        typed |= {f"{BANDS}.{number}.name.en": name, f"{BANDS}.{number}.weekdays": [str(number % 7 + 1)]}
    return typed


@given(names, st.data())
def test_a_row_is_taken_out_and_the_others_move_up(found: list[str], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(found) - 1))
    assert changed(bands(found), "remove", BANDS, number) == {
        **bands(found[:number] + found[number + 1 :]),
        **{
            f"{BANDS}.{at - (at > number)}.weekdays": [str(at % 7 + 1)]
            for at in range(len(found))
            if at != number
        },
    }


@given(names)
def test_a_new_row_stands_at_the_end_and_is_gone_when_nothing_is_typed_in_it(found: list[str]) -> None:
    typed = bands(found)
    more = changed(typed, "add", BANDS, 0)
    full = len(found) == MOST_BANDS
    assert rows_in(more, BANDS) == len(found) + (not full)
    assert without_empty(more) == typed


def test_no_more_rows_than_the_service_takes() -> None:
    typed: dict[str, object] = {"rates.0.unit.fen": "1"}
    for _ in range(40):
        for rows in ("rates", BANDS, CAPS):
            typed = changed(typed, "add", rows, 0)
    assert [rows_in(typed, rows) for rows in ("rates", BANDS, CAPS)] == [MOST_RATES, MOST_BANDS, MOST_CAPS]
    assert changed(typed, "remove", CAPS, MOST_CAPS) == typed, "there is no such row"


@given(st.text(max_size=40))
def test_what_is_no_wish_for_a_row_is_none(action: str) -> None:
    found = asked_for(action)
    assert found is None or action.startswith(f"{found[0]}:rates")


def test_wishes_for_rows_are_read() -> None:
    assert asked_for("add:rates") == ("add", "rates", 0)
    assert asked_for("remove:rates.2.bands:11") == ("remove", "rates.2.bands", 11)
    assert asked_for("add:rates.0.period.caps_fen") == ("add", CAPS, 0)
    assert asked_for("add:rates.0.classes") is None and asked_for("drop:rates:1") is None


def test_an_error_about_a_whole_row_leads_to_its_first_field() -> None:
    found = ["/rates", "/name", "/rates/0/bands/1", "/rates/0/bands/1/name", "/rates/0/unit/fen"]
    fields = ["/rates/0/classes", "/name/zh", "/rates/0/bands/1/since", "/rates/0/bands/1/name/zh"]
    named = named_by_field([{"pointer": each, "message": ""} for each in found])
    assert [each["pointer"] for each in named] == [*fields, "/rates/0/unit/fen"]


def test_amounts_are_typed_in_yuan() -> None:
    typed = typed_of(shape_of(published()["T3"].tariff))
    assert (typed["rates.0.bands.1.unit.fen"], typed["rates.1.bands.0.unit.fen"]) == ("0.50", "1.50")
    assert typed[CAPS + ".0"] == "20" and typed["rates.0.monthly_fen"] == ""
