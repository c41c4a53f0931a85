"""Certificate identifiers, item codes, project codes, case numbers and query codes."""

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identifiers.case_number import (
    QUERY_CODE_ALPHABET,
    make_case_number,
    make_query_code,
    parse_case_number,
    parse_query_code,
)
from shared.identifiers.certificate_id import make_certificate_id, parse_certificate_id
from shared.identifiers.errors import (
    CaseNumberError,
    CertificateIdError,
    IdentifierError,
    ItemCodeError,
    ProjectCodeError,
    UsccError,
)
from shared.identifiers.item_codes import (
    make_business_item_code,
    make_implementation_code,
    parse_basic_code,
    parse_business_item_code,
    parse_catalogue_item_code,
    parse_implementation_code,
)
from shared.identifiers.project_code import parse_project_code

DEMO_TYPE = "11990101MB0DEM2282001"
DEMO_ISSUER = "11990101MB0DEM2282"


@pytest.mark.parametrize(
    "real",
    [
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
        "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
    ],
)
def test_real_certificate_identifiers_verify(real: str) -> None:
    assert str(parse_certificate_id(real)) == real


def test_a_certificate_identifier_that_is_made_can_be_read() -> None:
    made = make_certificate_id(type_code=DEMO_TYPE, issuer=DEMO_ISSUER, serial="20261122001")
    assert parse_certificate_id(str(made)) == made
    assert str(made).startswith("1.2.156.3005.2.11990101MB0DEM2282001.11990101MB0DEM2282.20261122001.001.")


@given(st.integers(0, 9), st.integers(0, 10))
def test_one_wrong_digit_in_the_serial_is_always_noticed(digit: int, position: int) -> None:
    right = str(make_certificate_id(type_code=DEMO_TYPE, issuer=DEMO_ISSUER, serial="20261122001"))
    place = right.index("20261122001") + position
    wrong = right[:place] + str(digit) + right[place + 1 :]
    if wrong != right:
        with pytest.raises(CertificateIdError) as caught:
            parse_certificate_id(wrong)
        assert caught.value.code == "certificate-id-checksum"


@pytest.mark.parametrize("typed", ["", "1.2.156.3005.2", "1.2.156.3005.3.A.B.C.D.E", "x" * 90])
def test_what_is_no_certificate_identifier_is_refused(typed: str) -> None:
    with pytest.raises(CertificateIdError) as caught:
        parse_certificate_id(typed)
    assert caught.value.code == "certificate-id-format"


def test_a_certificate_is_only_named_from_sound_parts() -> None:
    with pytest.raises(CertificateIdError) as caught:
        make_certificate_id(type_code="001", issuer=DEMO_ISSUER, serial="1")
    assert caught.value.code == "certificate-type"
    with pytest.raises(CertificateIdError) as caught:
        make_certificate_id(type_code=DEMO_TYPE, issuer=DEMO_ISSUER, serial="1.2")
    assert caught.value.code == "certificate-serial"
    with pytest.raises(CertificateIdError) as caught:
        make_certificate_id(type_code=DEMO_TYPE, issuer=DEMO_ISSUER, serial="1", version="1")
    assert caught.value.code == "certificate-version"
    with pytest.raises(UsccError):
        make_certificate_id(type_code=DEMO_TYPE, issuer="11990101MB0DEM2283", serial="1")


def test_the_catalogue_item_of_company_establishment_is_read() -> None:
    item = parse_catalogue_item_code("00013112700401")
    assert item.text == "00013112700401"
    assert item.serial == "01"
    assert (item.basic.region_prefix, item.basic.item_type) == ("00", "01")
    assert (item.basic.main_item, item.basic.sub_item) == ("31127", "004")
    assert not item.basic.has_sub_items


def test_a_main_item_with_sub_items_is_told_apart() -> None:
    assert parse_basic_code("00013112700Y").has_sub_items


@pytest.mark.parametrize(
    ("typed", "body_name", "level"),
    [
        ("11210000MB1859351E2210125019000", "11210000MB1859351E", "2"),
        ("12441500196720244T3442199806003", "12441500196720244T", "3"),
    ],
)
def test_real_implementation_codes_are_read(typed: str, body_name: str, level: str) -> None:
    code = parse_implementation_code(typed)
    assert code.body is not None
    assert code.basic is not None
    assert (code.body.code, code.level, code.text) == (body_name, level, typed)
    assert code.basic.cautions == ()


def test_a_real_business_item_code_is_read() -> None:
    code = parse_business_item_code("11210000MB1859351E221012501900001")
    assert code.serial == "01"
    assert code.text == "11210000MB1859351E221012501900001"


def test_the_demo_item_codes_have_31_and_33_characters() -> None:
    implementation = make_implementation_code(body=DEMO_ISSUER, level="4", basic="990131127004")
    business = make_business_item_code(body=DEMO_ISSUER, level="4", catalogue_item="99013112700401")
    assert len(implementation.text) == 31
    assert len(business.text) == 33
    assert business.implementation == implementation


def test_a_region_prefix_outside_the_table_is_only_cautioned() -> None:
    assert [caution.code for caution in parse_basic_code("880131127004").cautions] == ["region-unknown"]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("00013112700", "basic-code-format"),
        ("00013112700Z", "basic-code-format"),
        ("000031127004", "basic-code-type"),
    ],
)
def test_a_wrong_basic_code_says_what_is_wrong(typed: str, reason: str) -> None:
    with pytest.raises(ItemCodeError) as caught:
        parse_basic_code(typed)
    assert caught.value.code == reason
    assert caught.value.message.zh and caught.value.message.en


def test_wrong_longer_codes_say_what_is_wrong() -> None:
    with pytest.raises(ItemCodeError) as caught:
        parse_implementation_code("11990101MB0DEM22824")
    assert caught.value.code == "implementation-code-format"
    with pytest.raises(ItemCodeError) as caught:
        make_implementation_code(body=DEMO_ISSUER, level="8", basic="990131127004")
    assert caught.value.code == "implementation-code-level"
    with pytest.raises(ItemCodeError) as caught:
        parse_business_item_code("1")
    assert caught.value.code == "business-code-format"
    with pytest.raises(ItemCodeError) as caught:
        parse_catalogue_item_code("000131127004AB")
    assert caught.value.code == "catalogue-code-format"
    with pytest.raises(UsccError):
        make_implementation_code(body="11990101MB0DEM2283", level="4", basic="990131127004")


def test_the_older_profile_is_kept_as_an_opaque_string() -> None:
    assert parse_basic_code("0100340000", "39046").text == "0100340000"
    assert parse_implementation_code("0100340000AB", "39046").body is None
    with pytest.raises(ItemCodeError):
        parse_basic_code("00013112700401", "39046")
    with pytest.raises(ItemCodeError):
        parse_implementation_code("0" * 25, "39046")


def test_a_project_code_is_read_into_its_parts() -> None:
    code = parse_project_code("2411-990101-04-01-123456")
    assert (code.year, code.month, code.region_code, code.ministry, code.kind) == (
        2024,
        11,
        "990101",
        "04",
        "01",
    )
    assert code.region is not None
    assert code.region.demo
    assert code.cautions == ()
    assert parse_project_code("24119901010401123456").text == "2411-990101-04-01-123456"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "project-code-format"),
        ("2411-990101-04-01-12345", "project-code-format"),
        ("2411-99010A-04-01-123456", "project-code-format"),
        ("2413-990101-04-01-123456", "project-code-month"),
    ],
)
def test_a_wrong_project_code_says_what_is_wrong(typed: str, reason: str) -> None:
    with pytest.raises(ProjectCodeError) as caught:
        parse_project_code(typed)
    assert caught.value.code == reason


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(1, 99_999))
def test_every_case_number_that_is_made_can_be_read(filed_on: date, serial: int) -> None:
    made = make_case_number(region_code="990101", filed_on=filed_on, serial=serial)
    assert len(made.text) == 18
    assert parse_case_number(made.text) == made


def test_a_case_number_may_be_typed_in_groups() -> None:
    made = make_case_number(region_code="990101", filed_on=date(2026, 11, 22), serial=7)
    assert parse_case_number(f"{made.text[:6]} {made.text[6:12]} {made.text[12:]}") == made


@given(st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_in_a_case_number_is_always_noticed(position: int, shift: int) -> None:
    right = make_case_number(region_code="990101", filed_on=date(2026, 11, 22), serial=7).text
    wrong = str((int(right[position]) + shift) % 10)
    with pytest.raises(CaseNumberError):
        parse_case_number(right[:position] + wrong + right[position + 1 :])


def test_a_case_number_with_an_impossible_date_is_refused() -> None:
    number = next(candidate for check in range(10) if _checks(candidate := f"99010126133200001{check}"))
    with pytest.raises(CaseNumberError) as caught:
        parse_case_number(number)
    assert caught.value.code == "case-number-date"


def _checks(number: str) -> bool:
    try:
        parse_case_number(number)
    except CaseNumberError as error:
        return error.code != "case-number-checksum"
    return True


@pytest.mark.parametrize(
    ("region_code", "filed_on", "serial"),
    [
        ("99010", date(2026, 1, 1), 1),
        ("99010A", date(2026, 1, 1), 1),
        ("990101", date(2100, 1, 1), 1),
        ("990101", date(2026, 1, 1), 0),
        ("990101", date(2026, 1, 1), 100_000),
    ],
)
def test_case_numbers_are_only_made_from_sound_parts(region_code: str, filed_on: date, serial: int) -> None:
    with pytest.raises(CaseNumberError):
        make_case_number(region_code=region_code, filed_on=filed_on, serial=serial)


def test_query_codes_follow_their_random_source_and_can_be_read_as_typed() -> None:
    code = make_query_code(Random(1))
    assert code == make_query_code(Random(1))
    assert code != make_query_code(Random(2))
    assert len(code) == 8
    assert set(code) <= set(QUERY_CODE_ALPHABET)
    assert parse_query_code(f" {code[:4].lower()}-{code[4:].lower()}") == code


@pytest.mark.parametrize("typed", ["", "3467", "0OIL1BZS", "346790000"])
def test_what_is_no_query_code_is_refused(typed: str) -> None:
    with pytest.raises(CaseNumberError) as caught:
        parse_query_code(typed)
    assert caught.value.code == "query-code-format"


@given(st.text(max_size=40))
def test_no_text_breaks_the_readers(text: str) -> None:
    for read in (
        parse_certificate_id,
        parse_basic_code,
        parse_catalogue_item_code,
        parse_implementation_code,
        parse_business_item_code,
        parse_project_code,
        parse_case_number,
        parse_query_code,
    ):
        try:
            read(text)
        except IdentifierError as error:
            assert error.message.zh and error.message.en
