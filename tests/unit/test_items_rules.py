"""The rules of A1, each with the provision it enforces."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from approvals.items.rule_kinds import RULES
from shared.testing.answers import ID_NUMBERS, PARENT_USCC, a1_answers, a1_row
from tests.unit.item_cases import a1, errors, warnings


def officers(*posts: str, ids: tuple[str, ...] = ID_NUMBERS) -> dict[str, Any]:
    """Officers of the given posts, each another person; the first is the legal representative."""
    rows = [
        {"name": "示范股东甲" if n == 0 else f"示范人员{n}", "position": post, "id_number": ids[n % len(ids)]}
        for n, post in enumerate(posts)
    ]
    return {"people": {"rows": rows}}


def test_the_valid_application_has_nothing_to_complain_about() -> None:
    assert errors(a1_answers()) == {}
    assert warnings(a1_answers()) == {}


@pytest.mark.parametrize(
    ("capital", "sum_said", "difference"),
    [("500.000001", "500", "0.000001"), ("499.99", "500", "0.01"), ("1000", "500", "500")],
)
def test_contributions_sum_to_the_capital_exactly_company_law_47(
    capital: str, sum_said: str, difference: str
) -> None:
    found = errors(a1_answers(company={"registered_capital": capital}))
    assert list(found) == ["/answers/company/registered_capital"]
    error = found["/answers/company/registered_capital"]
    assert error.code == "capital_mismatch"
    assert error.message.zh == (
        f"各股东认缴出资额合计{sum_said}万元，与注册资本{capital}万元不一致，相差{difference}万元"
        "（《公司法》第四十七条第一款）"
    )
    assert error.message.en.endswith("(Company Law, art. 47, para. 1)")


@pytest.mark.parametrize(
    "parts", [("0.1", "0.2", "0.3"), ("33.333333", "66.666667", "100"), ("１，０００", "2", "1002")]
)
def test_the_sum_is_decimal_never_binary(parts: tuple[str, str, str]) -> None:
    first, second, total = parts
    rows = [*a1_answers()["shareholders"]["rows"]]
    rows[0]["contribution"], rows[1]["contribution"] = first, second
    answers = a1_answers(company={"registered_capital": total}, shareholders={"rows": rows})
    assert errors(answers) == {}


def test_the_sum_is_said_where_the_section_filled_in_last_is() -> None:
    answers = a1_answers(company={"registered_capital": "1000"})
    assert errors(answers, section="company") == {}, "the first page can be corrected on its own"
    assert list(errors(answers, section="shareholders")) == ["/answers/shareholders/rows"]
    assert errors(answers, section="people") == {}


def test_the_sum_waits_until_every_row_has_its_amount() -> None:
    answers = a1_answers(**a1_row("shareholders", 1, contribution=None))
    assert list(errors(answers)) == ["/answers/shareholders/rows/1/contribution"]


@pytest.mark.parametrize(
    ("today", "paid_by", "latest"),
    [
        (date(2026, 11, 23), "2031-11-24", "2031年11月23日"),
        (date(2024, 2, 29), "2029-03-01", "2029年2月28日"),
    ],
)
def test_contributions_are_paid_within_five_years_company_law_47(
    today: date, paid_by: str, latest: str
) -> None:
    found = errors(a1_answers(**a1_row("shareholders", 0, paid_by=paid_by)), today=today)
    error = found["/answers/shareholders/rows/0/paid_by"]
    assert error.code == "paid_by_too_late"
    assert f"股东1：出资日期最晚为{latest}" in error.message.zh
    assert "《公司法》第四十七条第一款" in error.message.zh
    assert "Shareholder 1:" in error.message.en


def test_the_fifth_anniversary_itself_is_in_time() -> None:
    assert errors(a1_answers(**a1_row("shareholders", 0, paid_by="2031-11-23"))) == {}


def test_a_date_already_past_is_only_looked_at_twice() -> None:
    answers = a1_answers(**a1_row("shareholders", 1, paid_by="2026-11-22"))
    assert errors(answers) == {}
    assert warnings(answers)["/answers/shareholders/rows/1/paid_by"].code == "paid_by_past"


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("劳务", "劳务"),
        ("以劳务出资", "劳务"),
        ("信用", "信用"),
        ("姓名", "自然人姓名"),
        ("商誉", "商誉"),
        ("特许经营权", "特许经营权"),
        ("设定担保的财产", "设定担保的财产"),
        ("labour", "劳务"),
        ("Goodwill", "商誉"),
    ],
)
def test_forbidden_kinds_of_contribution_registration_regulations_13(kind: str, named: str) -> None:
    found = errors(a1_answers(**a1_row("shareholders", 0, contribution_kind=kind)))
    error = found["/answers/shareholders/rows/0/contribution_kind"]
    assert error.code == "forbidden_contribution"
    assert error.message.zh == f"股东1：股东不得以{named}作价出资（《市场主体登记管理条例》第十三条第二款）"


def test_an_unknown_kind_of_contribution_is_simply_not_on_the_list() -> None:
    found = errors(a1_answers(**a1_row("shareholders", 0, contribution_kind="cryptocurrency")))
    assert found["/answers/shareholders/rows/0/contribution_kind"].code == "enum"


def test_the_select_offers_only_lawful_kinds() -> None:
    field = a1().form.field("shareholders/rows/contribution_kind")
    assert [option.label.zh for option in field.options] == [
        "货币",
        "实物",
        "知识产权",
        "土地使用权",
        "股权",
        "债权",
    ]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"document_number": "990101199001010018"}, "citizen-id-checksum"),
        ({"document_number": "990101199013010019"}, "citizen-id-birth-date"),
        ({"document_number": "12345"}, "citizen-id-length"),
        (
            {"kind": "legal", "document_type": "business_licence", "document_number": "91990101MA0DEM013X"},
            "uscc-checksum",
        ),
        (
            {"kind": "legal", "document_type": "business_licence", "document_number": "91990101"},
            "uscc-length",
        ),
    ],
)
def test_document_numbers_have_valid_check_digits(fields: Mapping[str, str], code: str) -> None:
    found = errors(a1_answers(**a1_row("shareholders", 0, **fields)))
    error = found["/answers/shareholders/rows/0/document_number"]
    assert error.code == code
    assert error.message.zh.startswith("股东1：")


def test_the_document_fits_the_kind_of_shareholder_registration_regulations_16() -> None:
    found = errors(a1_answers(**a1_row("shareholders", 0, document_type="business_licence")))
    error = found["/answers/shareholders/rows/0/document_type"]
    assert error.code == "document_type_mismatch"
    assert "《市场主体登记管理条例》第十六条第一款第（二）项" in error.message.zh


def test_a_shareholder_is_entered_once() -> None:
    answers = a1_answers(
        **a1_row("shareholders", 1, kind="natural", document_type="id_card", document_number=ID_NUMBERS[0])
    )
    error = errors(answers)["/answers/shareholders/rows/1/document_number"]
    assert error.code == "duplicate_shareholder"
    assert "股东1" in error.message.zh


@pytest.mark.parametrize(
    ("company_type", "rows", "wrong"),
    [
        ("natural_sole", [0], False),
        ("natural_sole", [1], True),
        ("natural_sole", [0, 1], True),
        ("legal_sole", [1], False),
        ("legal_sole", [0], True),
        ("natural_invested", [0], True),
        ("other_limited", [0, 1], False),
        ("other_limited", [1], True),
    ],
)
def test_the_type_of_company_fits_its_shareholders(company_type: str, rows: list[int], wrong: bool) -> None:
    shareholders = [a1_answers()["shareholders"]["rows"][n] for n in rows]
    for row in shareholders:
        row["contribution"] = 500 if len(rows) == 1 else 250
    answers = a1_answers(company={"company_type": company_type}, shareholders={"rows": shareholders})
    assert list(errors(answers)) == (["/answers/company/company_type"] if wrong else [])


def test_spare_names_differ() -> None:
    answers = a1_answers(company={"spare_name_1": "云栖湾", "spare_name_2": "澜川湾"})
    assert list(errors(answers)) == ["/answers/company/spare_name_1"]
    answers = a1_answers(company={"spare_name_1": "澜川湾", "spare_name_2": "澜川湾"})
    assert list(errors(answers)) == ["/answers/company/spare_name_2"]


def test_a_trade_name_has_two_chinese_characters_name_provisions_8() -> None:
    for name in ("云", "ABC", "云1"):
        error = errors(a1_answers(company={"trade_name": name}))["/answers/company/trade_name"]
        assert "《企业名称登记管理规定》第八条" in error.message.zh


def test_names_with_china_are_looked_at_strictly_name_provisions_12() -> None:
    answers = a1_answers(company={"trade_name": "中华云栖"})
    assert errors(answers) == {}
    assert "《企业名称登记管理规定》第十二条" in warnings(answers)["/answers/company/trade_name"].message.zh


def test_the_name_says_the_region_of_the_seat_name_provisions_7() -> None:
    answers = a1_answers(company={"region_name": "江苏省苏州市"})
    assert errors(answers) == {}
    warning = warnings(answers)["/answers/company/region_name"]
    assert "示范省示范市示范区" in warning.message.zh
    assert "《企业名称登记管理规定》第七条" in warning.message.zh


def test_the_legal_representative_is_director_or_manager_company_law_10() -> None:
    pointer = "/answers/people/legal_representative_id"
    assert (
        errors(a1_answers(**officers("supervisor", "director")))[pointer].code == "legal_representative_post"
    )
    answers = a1_answers(people={"legal_representative_name": "示范监事乙"})
    assert "《公司法》第十条第一款" in errors(answers)[pointer].message.zh
    assert pointer not in errors(a1_answers(**officers("chair", "director", "director", "supervisor")))


def test_the_fitness_check_must_be_confirmed_registration_regulations_12() -> None:
    pointer = "/answers/people/disqualification_confirmed"
    for raw in (None, "", "false", False):
        error = errors(a1_answers(people={"disqualification_confirmed": raw}))[pointer]
        assert "《市场主体登记管理条例》第十二条" in error.message.zh
    assert errors(a1_answers(people={"disqualification_confirmed": "on"})) == {}


@pytest.mark.parametrize(
    ("posts", "code", "article"),
    [
        (("director", "director", "supervisor"), "directors_count", "《公司法》第六十八条第一款、第七十五条"),
        (("manager", "supervisor"), "directors_count", "《公司法》第六十八条第一款、第七十五条"),
        (
            ("director", "supervisor", "supervisor"),
            "supervisors_count",
            "《公司法》第七十六条第二款、第八十三条",
        ),
    ],
)
def test_number_of_directors_and_supervisors(posts: tuple[str, ...], code: str, article: str) -> None:
    error = errors(a1_answers(**officers(*posts)))["/answers/people/rows"]
    assert error.code == code
    assert article in error.message.zh


def test_going_without_a_supervisor_is_pointed_out_company_law_69_83() -> None:
    answers = a1_answers(**officers("director"))
    assert errors(answers) == {}
    assert "《公司法》第六十九条、第八十三条" in warnings(answers)["/answers/people/rows"].message.zh


def test_a_supervisor_is_no_director_or_manager_company_law_76() -> None:
    same = (ID_NUMBERS[0], ID_NUMBERS[0])
    answers = a1_answers(**officers("director", "supervisor", ids=same))
    error = errors(answers)["/answers/people/rows/1/id_number"]
    assert error.code == "supervisor_conflict"
    assert "《公司法》第七十六条第四款" in error.message.zh


def test_the_finance_officer_is_no_supervisor_company_law_76_265() -> None:
    answers = a1_answers(contacts={"finance_id": ID_NUMBERS[1]})
    assert list(errors(answers)) == ["/answers/people/rows/2/id_number"]
    assert errors(answers, section="people") == {}
    assert list(errors(answers, section="contacts")) == ["/answers/contacts/finance_id"]


def test_one_person_may_be_director_and_manager_but_each_once() -> None:
    ids = (ID_NUMBERS[0],) * 2
    assert errors(a1_answers(**officers("director", "manager", ids=ids))) == {}
    rows = [*a1_answers()["people"]["rows"]]
    found = errors(a1_answers(people={"rows": [*rows, rows[2]]}))
    assert found["/answers/people/rows/3/id_number"].code == "duplicate_officer"


def test_at_most_fifty_shareholders_company_law_42() -> None:
    rows = a1_answers()["shareholders"]["rows"]
    found = errors(a1_answers(shareholders={"rows": rows * 26}))
    assert "《公司法》第四十二条" in found["/answers/shareholders/rows"].message.zh


def test_mobile_region_and_industry() -> None:
    found = errors(
        a1_answers(
            people={"legal_representative_mobile": "12800000001"},
            premises={"region_code": "99010"},
            scope={"industry_code": "Z9999"},
        )
    )
    assert found["/answers/people/legal_representative_mobile"].code == "mobile-format"
    assert found["/answers/premises/region_code"].code == "region-format"
    assert found["/answers/scope/industry_code"].code == "industry-format"


def test_what_a_partial_table_lacks_is_a_warning() -> None:
    answers = a1_answers(premises={"region_code": "990199"}, scope={"industry_code": "C3999"})
    assert errors(answers) == {}
    assert warnings(answers)["/answers/premises/region_code"].code == "region-unknown"
    assert warnings(answers)["/answers/scope/industry_code"].code == "industry-unknown"


def test_a_region_no_longer_in_force_is_a_warning() -> None:
    answers = a1_answers(premises={"region_code": "110103"})
    assert errors(answers) == {}
    assert warnings(answers)["/answers/premises/region_code"].code == "region-abolished"


def test_a_legal_person_may_have_a_code_of_any_valid_body() -> None:
    answers = a1_answers(
        **a1_row(
            "shareholders",
            1,
            document_type="legal_person_certificate",
            document_number=f" {PARENT_USCC[:2]} {PARENT_USCC[2:].lower()} ",
        )
    )
    assert errors(answers) == {}


def test_every_rule_of_the_form_is_named_in_the_registry_and_cites_law_where_verified() -> None:
    for rule in a1().form.rules:
        assert rule.name in RULES
        assert rule.basis is not None or not rule.verified
