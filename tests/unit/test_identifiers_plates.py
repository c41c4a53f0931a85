"""Number plates: every kind is read, what is wrong is said, and a misread one finds its car or nobody's."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.identifiers.errors import PlateError
from shared.identifiers.plates import (
    COLOR_NAMES,
    DIGITS,
    ELECTRIC,
    ENERGY_NAMES,
    KIND_NAMES,
    LETTERS,
    LOOK_ALIKES,
    OTHER_NEW_ENERGY,
    PROVINCES,
    USUAL_COLORS,
    Energy,
    Plate,
    PlateColor,
    PlateKind,
    color_cautions,
    mask_plate,
    misread_distance,
    near_plates,
    nearest_plate,
    normalize_plate,
    parse_plate,
)

CHARACTERS = LETTERS + DIGITS


def form(*parts: str) -> st.SearchStrategy[str]:
    """One character of each part."""
    return st.tuples(*(st.sampled_from(part) for part in parts)).map("".join)


OF_KIND: dict[PlateKind, st.SearchStrategy[str]] = {
    PlateKind.ORDINARY: form(PROVINCES, LETTERS, *[CHARACTERS] * 5),
    PlateKind.TRAILER: form(PROVINCES, LETTERS, *[CHARACTERS] * 4, "挂"),
    PlateKind.LEARNER: form(PROVINCES, LETTERS, *[CHARACTERS] * 4, "学"),
    PlateKind.POLICE: form(PROVINCES, LETTERS, *[CHARACTERS] * 4, "警"),
    PlateKind.HONG_KONG: form(PROVINCES, LETTERS, *[CHARACTERS] * 4, "港"),
    PlateKind.MACAO: form(PROVINCES, LETTERS, *[CHARACTERS] * 4, "澳"),
    PlateKind.TEST: form(PROVINCES, LETTERS, *[CHARACTERS] * 4, "试"),
    PlateKind.OVERSIZE: form(PROVINCES, LETTERS, *[CHARACTERS] * 4, "超"),
    PlateKind.NEV_SMALL: form(PROVINCES, LETTERS, ELECTRIC + OTHER_NEW_ENERGY, CHARACTERS, *[DIGITS] * 4),
    PlateKind.NEV_LARGE: form(PROVINCES, LETTERS, *[DIGITS] * 5, ELECTRIC + OTHER_NEW_ENERGY),
    PlateKind.EMBASSY: form("使", *[DIGITS] * 6) | form(*[DIGITS] * 6, "使"),
    PlateKind.CONSULATE: form(PROVINCES, LETTERS, *[DIGITS] * 4, "领") | form(PROVINCES, *[DIGITS] * 5, "领"),
    PlateKind.ARMED_POLICE: form("W", "J", PROVINCES, *[DIGITS] * 4, CHARACTERS)
    | form("W", "J", *[DIGITS] * 4, CHARACTERS),
    PlateKind.MILITARY: form(LETTERS.replace("W", ""), LETTERS, *[DIGITS] * 5),
    PlateKind.CIVIL_AVIATION: form("民", "航", *[CHARACTERS] * 5),
    PlateKind.EMERGENCY: form(PROVINCES, LETTERS, *[DIGITS] * 4, "应", "急"),
}
KINDS = st.sampled_from(PlateKind)
PLATES = KINDS.flatmap(OF_KIND.__getitem__)


@pytest.mark.parametrize(
    ("typed", "number", "kind", "shown"),
    [
        ("苏a·12345", "苏A12345", PlateKind.ORDINARY, "苏A·12345"),
        (" 粤 Ｂ１２３４５ ", "粤B12345", PlateKind.ORDINARY, "粤B·12345"),
        ("京A-8B8B8", "京A8B8B8", PlateKind.ORDINARY, "京A·8B8B8"),
        ("鲁B1234挂", "鲁B1234挂", PlateKind.TRAILER, "鲁B·1234挂"),
        ("苏E·1234学", "苏E1234学", PlateKind.LEARNER, "苏E·1234学"),
        ("京A0001警", "京A0001警", PlateKind.POLICE, "京A·0001警"),
        ("粤Z1234港", "粤Z1234港", PlateKind.HONG_KONG, "粤Z·1234港"),
        ("粤Z·Y123澳", "粤ZY123澳", PlateKind.MACAO, "粤Z·Y123澳"),
        ("苏AD12345", "苏AD12345", PlateKind.NEV_SMALL, "苏A·D12345"),
        ("粤B12345F", "粤B12345F", PlateKind.NEV_LARGE, "粤B·12345F"),
        ("使014578", "使014578", PlateKind.EMBASSY, "使014·578"),
        ("224578使", "224578使", PlateKind.EMBASSY, "224·578使"),
        ("沪A0023领", "沪A0023领", PlateKind.CONSULATE, "沪A·0023领"),
        ("WJ京1234X", "WJ京1234X", PlateKind.ARMED_POLICE, "WJ京·1234X"),
        ("wj12345", "WJ12345", PlateKind.ARMED_POLICE, "WJ·12345"),
        ("VA12345", "VA12345", PlateKind.MILITARY, "VA·12345"),
        ("民航A1234", "民航A1234", PlateKind.CIVIL_AVIATION, "民航·A1234"),
        ("苏X0119应急", "苏X0119应急", PlateKind.EMERGENCY, "苏X·0119应急"),
    ],
)
def test_a_plate_is_read_by_its_kind(typed: str, number: str, kind: PlateKind, shown: str) -> None:
    plate = parse_plate(typed)
    assert plate == Plate(number, kind)
    assert plate.display == shown
    assert parse_plate(shown) == plate


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("", "plate-empty", "请填写"),
        (" · ", "plate-empty", "请填写"),
        ("苏AO1234", "plate-letter", "O"),
        ("苏I12345", "plate-letter", "I"),
        ("苏A12?45", "plate-characters", "?"),
        ("台A12345", "plate-province", "台"),
        ("A12345", "plate-province", "A"),
        ("苏112345", "plate-issuer", "1"),
        ("苏A1234", "plate-length", "6"),
        ("苏A1234567", "plate-length", "9"),
        ("苏A12警45", "plate-middle", "警"),
        ("苏AL12345", "plate-new-energy", "8位"),
        ("苏AD1234A", "plate-new-energy", "8位"),
        ("苏A1234京", "plate-form", "格式"),
        ("使01457", "plate-form", "格式"),
        ("WJ京12X45", "plate-form", "格式"),
    ],
)
def test_what_is_no_plate_says_what_is_wrong_with_it(typed: str, code: str, said: str) -> None:
    with pytest.raises(PlateError) as caught:
        parse_plate(typed)
    assert caught.value.code == code
    assert said in caught.value.message.zh
    assert caught.value.message.en


@pytest.mark.parametrize(
    ("number", "energy"),
    [
        *((f"苏A{letter}12345", Energy.ELECTRIC) for letter in ELECTRIC),
        *((f"苏A{letter}12345", Energy.OTHER_NEW_ENERGY) for letter in OTHER_NEW_ENERGY),
        ("苏A12345D", Energy.ELECTRIC),
        ("苏A12345F", Energy.OTHER_NEW_ENERGY),
        ("苏AD1234", Energy.UNKNOWN),
        ("使014578", Energy.UNKNOWN),
    ],
)
def test_the_letter_of_a_new_energy_plate_says_what_drives_it(number: str, energy: Energy) -> None:
    assert parse_plate(number).energy is energy


def test_a_colour_that_does_not_go_with_the_kind_is_only_cautioned() -> None:
    police = parse_plate("京A0001警")
    assert color_cautions(police, PlateColor.WHITE) == ()
    (caution,) = color_cautions(police, PlateColor.BLUE)
    assert caution.code == "plate-color"
    assert "警车" in caution.message.zh and "blue" in caution.message.en


def test_everything_has_a_name_in_both_languages() -> None:
    assert set(KIND_NAMES) == set(USUAL_COLORS) == set(PlateKind) == set(OF_KIND)
    assert set(COLOR_NAMES) == set(PlateColor) and set(ENERGY_NAMES) == set(Energy)
    assert all(USUAL_COLORS.values())


def test_a_masked_plate_keeps_its_head_and_two_characters() -> None:
    assert parse_plate("苏AD12345").masked == "苏A****45"
    assert mask_plate("苏A1") == "***"


@given(st.text(max_size=12))
def test_normalising_twice_is_normalising_once(value: str) -> None:
    once = normalize_plate(value)
    assert normalize_plate(once) == once
    assert normalize_plate(f" {value}·") == once


@given(st.data(), KINDS)
def test_every_plate_of_a_kind_is_read_as_that_kind_however_it_is_written(
    data: st.DataObject, kind: PlateKind
) -> None:
    number = data.draw(OF_KIND[kind])
    plate = parse_plate(number)
    assert plate == Plate(number, kind)
    wide = "".join(chr(ord(each) + 0xFEE0) if each.isascii() else each for each in number.lower())
    assert parse_plate(wide) == parse_plate(plate.display) == plate


@given(PLATES, st.integers(0, 7), st.characters())
def test_a_character_that_plates_do_not_have_is_refused_wherever_it_stands(
    number: str, place: int, wrong: str
) -> None:
    folded = normalize_plate(wrong)
    assume(folded and folded not in set(CHARACTERS + PROVINCES + "挂学警港澳试超使领民航应急"))
    place %= len(number)
    with pytest.raises(PlateError):
        parse_plate(number[:place] + wrong + number[place + 1 :])


@given(PLATES, st.integers(0, 7), st.sampled_from("IOio"))
def test_i_and_o_are_refused_by_name(number: str, place: int, letter: str) -> None:
    place %= len(number)
    with pytest.raises(PlateError) as caught:
        parse_plate(number[:place] + letter + number[place + 1 :])
    assert caught.value.code == "plate-letter"


@given(PLATES, PLATES)
def test_the_distance_is_symmetric_and_nothing_only_for_the_same_plate(one: str, other: str) -> None:
    assert misread_distance(one, other) == misread_distance(other, one)
    assert misread_distance(one, one) == 0
    assert misread_distance(one, other) != 0 or one == other


@given(PLATES, st.data())
def test_one_misread_character_finds_the_plate_unless_another_is_as_near(
    number: str, data: st.DataObject
) -> None:
    places = [place for place, each in enumerate(number) if any(each in group for group in LOOK_ALIKES)]
    assume(places)
    place = data.draw(st.sampled_from(places))
    group = next(group for group in LOOK_ALIKES if number[place] in group)
    other = data.draw(st.sampled_from([each for each in group if each != number[place]]))
    read = number[:place] + other + number[place + 1 :]
    assert misread_distance(read, number) == 1
    assert nearest_plate(read, [number, "苏C00000"]) == number
    third = next((each for each in group if each not in (number[place], other)), None)
    if third is not None:
        rival = number[:place] + third + number[place + 1 :]
        assert nearest_plate(read, [number, rival]) is None
        assert near_plates(read, [number, rival]) == sorted([number, rival])
        assert nearest_plate(read, [number, rival, read]) == read


@pytest.mark.parametrize(
    ("read", "parked", "found"),
    [
        ("苏A12345", ["苏A12345", "苏A1234S"], "苏A12345"),
        ("苏AO1234", ["苏A01234"], "苏A01234"),
        ("苏A8888B", ["苏A88888"], "苏A88888"),
        ("苏A12345", ["苏A1234S", "苏AL2345"], None),
        ("苏A12345", ["苏AL234S"], None),
        ("苏A12345", ["苏A12346"], None),
        ("苏A12345", ["皖A12345"], None),
        ("苏A12345", ["苏AD12345"], None),
        ("苏A12345", [], None),
    ],
)
def test_on_exit_the_single_nearest_plate_is_chosen(read: str, parked: list[str], found: str | None) -> None:
    assert nearest_plate(read, parked) == found


def test_more_misread_characters_are_allowed_only_where_asked_for() -> None:
    assert nearest_plate("苏A1234S", ["苏AL2345"], most=2) == "苏AL2345"
    assert nearest_plate("苏A12345", ["苏AL234S", "苏A1234S"], most=2) == "苏A1234S"
