"""Credit codes, organisation codes, regions and industries."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from shared.identifiers.errors import IdentifierError, UsccError
from shared.identifiers.industries import (
    Found,
    Malformed,
    WellFormedButAbsent,
    load_industries,
    lookup_industry,
)
from shared.identifiers.regions import Region, find_region, load_regions
from shared.identifiers.uscc import (
    format_uscc,
    load_uscc_kinds,
    make_org_code,
    make_uscc,
    org_check_digit,
    parse_uscc,
)
from shared.text import Text

DEMO_BODIES = [
    "91990101MA0DEM013U", "91990101MA0DEM021N", "91990101MA0DEM03XE", "91990101MA0DEM048E",
    "91990101MA0DEM0569", "91990101MA0DEM0644", "91990101MA0DEM072Y", "91990101MA0DEM080R",
    "91990101MA0DEM099N", "91990101MA0DEM101A", "12990101MB0DEM21XY", "11990101MB0DEM2282",
    "11990101MB0DEM236W", "11990101MB0DEM244P", "11990101MB0DEM252J", "11990101MB0DEM260D",
    "11990101MB0DEM279A", "11990101MB0DEM2875", "13990101MB0DEM295R",
]  # fmt: skip
REAL_BODIES = [
    "11210000MB1859351E", "12441500196720244T", "11100000000013338W", "11430000006122244L",
    "11330105002500287C", "91110000600037341L",
]  # fmt: skip


@pytest.mark.parametrize("code", DEMO_BODIES + REAL_BODIES)
def test_codes_of_the_demo_park_and_of_real_bodies_pass_every_check(code: str) -> None:
    parsed = parse_uscc(code)
    assert parsed.code == code
    assert parsed.cautions == ()
    assert parsed.region is not None
    assert parsed.kind is not None
    assert parsed.region.demo == code[2:].startswith("99")
    assert stdnum_uscc.is_valid(code)


def test_a_code_is_read_as_people_type_it() -> None:
    assert parse_uscc(" 91990101-ma0dem013u ").code == "91990101MA0DEM013U"
    assert parse_uscc("９１９９０１０１ＭＡ０ＤＥＭ０１３Ｕ").code == "91990101MA0DEM013U"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "uscc-length"),
        ("91990101MA0DEM013", "uscc-length"),
        ("91990101MA0DEM013U1", "uscc-length"),
        ("91990101MA0DEM0I3U", "uscc-characters"),
        ("91990101MA0DEM01٣U", "uscc-characters"),
        ("B1990101MA0DEM013U", "uscc-department"),
        ("919901A1MA0DEM013U", "uscc-region"),
        ("91990101MA0DEM013X", "uscc-checksum"),
        ("91990101MA0DEM031U", "uscc-checksum"),
        ("91350211M0000XUF46", "uscc-checksum"),
    ],
)
def test_a_wrong_code_says_what_is_wrong(typed: str, reason: str) -> None:
    with pytest.raises(UsccError) as caught:
        parse_uscc(typed)
    assert caught.value.code == reason
    assert caught.value.message.zh
    assert caught.value.message.en


def test_the_organisation_code_inside_is_checked_too() -> None:
    body = "91990101MA0DEM014"  # the inner check character should be 3
    with pytest.raises(UsccError) as caught:
        parse_uscc(body + stdnum_uscc.calc_check_digit(body))
    assert caught.value.code == "uscc-organisation-check"


def test_an_unknown_region_or_category_is_a_caution_and_not_an_error() -> None:
    odd = make_uscc(region="668801", org_code=make_org_code("MA0DEM01"), department="9", category="7")
    assert {caution.code for caution in parse_uscc(odd).cautions} == {
        "region-unknown",
        "uscc-category-unknown",
    }


def test_letters_are_departments_as_well() -> None:
    code = make_uscc(region="110000", org_code=make_org_code("MA0DEM01"), department="Y", category="1")
    assert parse_uscc(code).prefix == "Y1"


def test_an_enterprise_is_told_from_other_bodies() -> None:
    assert parse_uscc("91990101MA0DEM013U").is_enterprise
    assert not parse_uscc("12990101MB0DEM21XY").is_enterprise


def test_an_organisation_code_can_end_in_x_or_0() -> None:
    assert make_org_code("MA0DEM03") == "MA0DEM03X"
    assert make_org_code("MA0DEM08") == "MA0DEM080"


@pytest.mark.parametrize("body", ["", "MA0DEM0", "ma0dem01", "MA0DEM0-", "MA0DEM0é"])
def test_a_body_that_is_not_eight_characters_has_no_check_digit(body: str) -> None:
    with pytest.raises(UsccError):
        org_check_digit(body)


@pytest.mark.parametrize(
    ("region", "org_code", "reason"),
    [
        ("990101", "MA0DEM01", "organisation-code-shape"),
        ("9901", "MA0DEM013", "uscc-length"),
        ("990101", "MA0DEM014", "uscc-organisation-check"),
        ("99O101", "MA0DEM013", "uscc-characters"),
    ],
)
def test_parts_that_make_no_valid_code_are_refused(region: str, org_code: str, reason: str) -> None:
    with pytest.raises(UsccError) as caught:
        make_uscc(region=region, org_code=org_code)
    assert caught.value.code == reason


@given(
    st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8),
    st.sampled_from(["110105", "990101", "320506"]),
    st.sampled_from(sorted(load_uscc_kinds())),
)
def test_every_code_that_is_made_can_be_read(body: str, region: str, prefix: str) -> None:
    code = make_uscc(region=region, org_code=make_org_code(body), department=prefix[0], category=prefix[1])
    assert parse_uscc(code).prefix == prefix
    assert parse_uscc(code).organisation_code == make_org_code(body)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        parse_uscc(text)
    except IdentifierError as error:
        assert error.message.zh and error.message.en


def test_a_code_is_said_in_groups() -> None:
    assert format_uscc("91990101MA0DEM013U") == "91 990101 MA0DEM013 U"


def test_regions_know_their_names_and_those_above_them() -> None:
    table = load_regions()
    assert table.full_name("320506") == Text.same("江苏省苏州市吴中区")
    assert table.full_name("110105") == Text.same("北京市朝阳区")
    assert table.full_name("429004") == Text.same("湖北省仙桃市")
    assert table.full_name("990101") == Text("示范省示范市示范区", "Demo District, Demo City, Demo Province")
    assert table.full_name("123456") is None


def test_a_region_code_in_use_again_has_its_present_holder() -> None:
    assert find_region("120110") == Region("120110", Text.same("东丽区"))
    abolished = find_region("110103")
    assert abolished is not None
    assert abolished.abolished == 2010


def test_only_the_demo_province_is_marked_as_demo() -> None:
    demo = [code for code in ("990000", "990100", "990101", "110000", "100000") if load_regions().find(code)]
    assert [find_region(code).demo for code in demo] == [True, True, True, False, False]  # type: ignore[union-attr]


def test_regions_can_be_chosen_level_by_level() -> None:
    table = load_regions()
    provinces = [region.name.zh for region in table.children("000000")]
    assert len(provinces) == 35  # 34 and the demo province
    assert "全国" not in provinces
    assert "苏州市" in [region.name.zh for region in table.children("320000")]
    districts = [region.name.zh for region in table.children("320500")]
    assert "吴中区" in districts
    assert "市辖区" not in districts
    assert [region.code for region in table.children("990100")] == ["990101"]
    assert "110103" not in [region.code for region in table.children("110100")]


@pytest.mark.parametrize(
    "code", ["C3453", "C3985", "C3982", "C3491", "C1432", "C2661", "L7224", "I6513", "K7020", "G5920"]
)
def test_industries_of_the_demo_park_are_in_the_extract(code: str) -> None:
    found = lookup_industry(code)
    assert isinstance(found, Found)
    assert found.industry.section.letter == code[0]
    assert found.industry.name.zh
    assert found.industry.name.en


def test_an_industry_is_found_as_people_type_it() -> None:
    found = lookup_industry(" c3453 ")
    assert isinstance(found, Found)
    assert found.industry.name.zh == "齿轮及齿轮减、变速箱制造"


def test_an_industry_outside_the_extract_is_only_cautioned() -> None:
    absent = lookup_industry("C1361")
    assert isinstance(absent, WellFormedButAbsent)
    assert absent.section.name.zh == "制造业"
    assert absent.caution.code == "industry-unknown"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "industry-format"),
        ("3453", "industry-format"),
        ("U3453", "industry-format"),
        ("C345", "industry-format"),
        ("C34531", "industry-format"),
        ("A3453", "industry-section"),
        ("T9600", "industry-section"),
    ],
)
def test_an_impossible_industry_code_is_malformed(typed: str, reason: str) -> None:
    malformed = lookup_industry(typed)
    assert isinstance(malformed, Malformed)
    assert malformed.error.code == reason
    assert malformed.error.message.zh and malformed.error.message.en


def test_the_extract_is_sound_and_says_where_it_comes_from() -> None:
    sections = load_industries().sections
    assert "".join(sections) == "ABCDEFGHIJKLMNOPQRST"
    industries = load_industries().industries
    assert len(industries) >= 150
    for code, industry in industries.items():
        assert re.fullmatch(r"[A-T]\d{4}", code)
        assert industry.section.holds(code[1:3])
        assert industry.source == "GB/T 4754-2017"
    bounds = [
        bound for section in sections.values() for bound in (section.first_division, section.last_division)
    ]
    assert bounds == sorted(bounds)
