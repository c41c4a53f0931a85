"""Citizen identity numbers and telephone numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from shared.identifiers.citizen_id import mask_citizen_id, parse_citizen_id
from shared.identifiers.errors import CitizenIdError, IdentifierError, PhoneError
from shared.identifiers.phones import Phone, mask_phone, parse_mobile, parse_phone

TODAY = date(2026, 11, 22)


def number(region: str, born: str, order: str) -> str:
    body = region + born + order
    return body + ric.calc_check_digit(body + "0")


@pytest.mark.parametrize(
    ("typed", "born", "sex"),
    [
        ("990101199001010019", date(1990, 1, 1), "male"),
        ("990101198506150020", date(1985, 6, 15), "female"),
        ("990101197803200034", date(1978, 3, 20), "male"),
        ("990101199511110044", date(1995, 11, 11), "female"),
    ],
)
def test_demo_persons_are_accepted_without_caution(typed: str, born: date, sex: str) -> None:
    person = parse_citizen_id(typed, today=TODAY)
    assert (person.birth_date, person.sex, person.cautions) == (born, sex, ())
    assert person.region is not None
    assert person.region.demo


def test_a_check_character_x_may_be_typed_small() -> None:
    typed = next(
        candidate
        for order in range(1, 999)
        if (candidate := number("110105", "19900307", f"{order:03d}")).endswith("X")
    )
    assert parse_citizen_id(typed.lower(), today=TODAY).number == typed


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "citizen-id-length"),
        ("11010519900307", "citizen-id-length"),
        ("110105900307001", "citizen-id-length"),
        ("11010X199003070019", "citizen-id-characters"),
        ("99010119900101001A", "citizen-id-characters"),
        ("990101199002300015", "citizen-id-birth-date"),
        ("990101199013010015", "citizen-id-birth-date"),
        ("990101000001010015", "citizen-id-birth-date"),
        ("990101199001010018", "citizen-id-checksum"),
        ("990101199001010109", "citizen-id-checksum"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(typed: str, reason: str) -> None:
    with pytest.raises(CitizenIdError) as caught:
        parse_citizen_id(typed, today=TODAY)
    assert caught.value.code == reason
    assert caught.value.message.zh and caught.value.message.en


def test_nobody_is_born_after_today() -> None:
    born_today = number("990101", "20261122", "001")
    assert parse_citizen_id(born_today, today=TODAY).birth_date == TODAY
    with pytest.raises(CitizenIdError) as caught:
        parse_citizen_id(born_today, today=date(2026, 11, 21))
    assert caught.value.code == "citizen-id-birth-date"
    assert "晚于今天" in caught.value.message.zh


def test_a_region_outside_the_table_is_only_cautioned() -> None:
    person = parse_citizen_id(number("668899", "19900101", "001"), today=TODAY)
    assert person.region is None
    assert [caution.code for caution in person.cautions] == ["region-unknown"]


def test_masking_hides_the_birth_date() -> None:
    person = parse_citizen_id("990101199001010019", today=TODAY)
    assert person.masked == "990***********0019"
    assert mask_citizen_id("123") == "***"


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(position: int, shift: int) -> None:
    right = "990101199001010019"
    wrong = str((int(right[position]) + shift) % 10)
    with pytest.raises(CitizenIdError):
        parse_citizen_id(right[:position] + wrong + right[position + 1 :], today=TODAY)


@given(st.text(max_size=30))
def test_no_text_breaks_the_readers(text: str) -> None:
    try:
        parse_citizen_id(text, today=TODAY)
    except IdentifierError as error:
        assert error.message.zh and error.message.en
    try:
        parse_phone(text)
    except IdentifierError as error:
        assert error.message.zh and error.message.en


@pytest.mark.parametrize(
    "typed", ["13800000019", "138 0000 0019", "138-0000-0019", "+8613800000019", "0086 138 0000 0019"]
)
def test_a_mobile_number_is_read_as_people_type_it(typed: str) -> None:
    assert parse_mobile(typed) == Phone("13800000019", "mobile")
    assert parse_phone(typed) == Phone("13800000019", "mobile")


@pytest.mark.parametrize(
    "typed", ["", "12800000019", "1380000001", "138000000190", "010-12345678", "1380000001a"]
)
def test_what_is_not_a_mobile_number_is_refused(typed: str) -> None:
    with pytest.raises(PhoneError) as caught:
        parse_mobile(typed)
    assert caught.value.code == "mobile-format"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("010-12345678", "010-12345678"),
        ("01012345678", "010-12345678"),
        ("0512 1234567", "0512-1234567"),
        ("0512-12345678-801", "0512-12345678-801"),
    ],
)
def test_a_landline_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert parse_phone(typed) == Phone(stored, "landline")


@pytest.mark.parametrize("typed", ["12345678", "10-12345678", "010-123456", "010-12345678-", "0-12345678"])
def test_what_is_no_telephone_number_is_refused(typed: str) -> None:
    with pytest.raises(PhoneError) as caught:
        parse_phone(typed)
    assert caught.value.code == "phone-format"


def test_masked_telephone_numbers_keep_what_identifies_them_to_their_owner() -> None:
    assert Phone("13800000019", "mobile").masked == "138****0019"
    assert mask_phone("010-12345678") == "010-******78"
    assert mask_phone("010-12345678-801") == "010-******78"
    assert mask_phone("12") == "**"
