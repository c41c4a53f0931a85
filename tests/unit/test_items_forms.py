"""Answers as typed become values; every wrong field is said once, in field order, in both languages."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from approvals.items.coercion import coerce
from approvals.items.forms import examine, validate
from approvals.items.needs import required_materials
from shared.errors import InvalidInput
from shared.testing.answers import A1_MATERIALS, ID_NUMBERS, a1_answers, a1_row
from tests.unit.item_cases import TODAY, a1, errors


@pytest.mark.parametrize(
    ("path", "raw", "value"),
    [
        ("company/registered_capital", "500", Decimal("500")),
        ("company/registered_capital", " １，０００．５０ ", Decimal("1000.50")),
        ("company/registered_capital", 0.1, Decimal("0.1")),
        ("company/registered_capital", 1e3, Decimal("1000")),
        ("company/registered_capital", 12, Decimal("12")),
        ("company/registered_capital", "五百", "五百"),
        ("company/registered_capital", "1,00", "1,00"),
        ("company/registered_capital", "1e3", "1e3"),
        ("company/registered_capital", float("nan"), "nan"),
        ("company/registered_capital", True, True),
        ("company/registered_capital", "", None),
        ("company/registered_capital", "\u3000 ", None),
        ("contacts/headcount", "１２", 12),
        ("contacts/headcount", 12.0, 12),
        ("contacts/headcount", "12.5", "12.5"),
        ("agent/has_agent", "TRUE", True),
        ("agent/has_agent", "否", False),
        ("agent/has_agent", "maybe", "maybe"),
        ("company/trade_name", " 云栖\u200b湾 ", "云栖湾"),
        ("premises/street", "云澜大道８号（Ａ座）", "云澜大道8号（A座）"),
        ("shareholders/rows/paid_by", "2028/1/5", "2028-01-05"),
        ("shareholders/rows/paid_by", "２０２８年１月５日", "2028-01-05"),
        ("shareholders/rows/paid_by", "20280105", "2028-01-05"),
        ("shareholders/rows/paid_by", "2028-02-30", "2028-02-30"),
        ("shareholders/rows/document_number", "99010119900101001 x", "99010119900101001X"),
    ],
)
def test_what_was_typed_becomes_a_value(path: str, raw: object, value: object) -> None:
    assert coerce(a1().form.field(path), raw) == value


def test_values_are_typed_and_canonical() -> None:
    answers = a1_answers(
        people={
            "legal_representative_id": "９９０１０１ 19900101 0019",
            "legal_representative_mobile": "+86 138 0000 0001",
        },
        scope={"industry_code": "ｃ3453"},
    )
    found = validate(a1(), answers, today=TODAY)
    assert found.errors == ()
    assert found.values["people"]["legal_representative_id"] == ID_NUMBERS[0]
    assert found.values["people"]["legal_representative_mobile"] == "13800000001"
    assert found.values["people"]["disqualification_confirmed"] is True
    assert found.values["scope"]["industry_code"] == "C3453"
    assert found.values["contacts"]["headcount"] == 12
    assert answers["scope"]["industry_code"] == "ｃ3453", "what was typed stays as typed"


def test_validation_leaves_the_answers_alone() -> None:
    answers = a1_answers()
    validate(a1(), answers, today=TODAY)
    assert answers == a1_answers()


def test_an_empty_application_names_every_required_field_once_in_order() -> None:
    found = validate(a1(), {}, today=TODAY, uploaded=set())
    pointers = [error.pointer for error in found.errors]
    assert len(set(pointers)) == len(pointers)
    assert {error.code for error in found.errors} == {"required"}
    assert pointers[0] == "/answers/company/region_name"
    sections = list(dict.fromkeys(pointer.split("/")[2] for pointer in pointers if "/answers/" in pointer))
    assert sections == [section.key for section in a1().form.sections]
    assert pointers[-5:] == [f"/materials/{code}" for code in A1_MATERIALS]


def test_every_message_speaks_both_languages_and_names_the_field() -> None:
    found = errors(a1_answers(company={"registered_capital": "", "company_type": None}))
    assert found["/answers/company/registered_capital"].message.zh == "请填写注册资本"
    assert found["/answers/company/registered_capital"].message.en == "Enter the registered capital"
    assert found["/answers/company/company_type"].message.zh == "请选择公司类型"
    assert found["/answers/company/company_type"].message.en == "Choose the type of company"


@pytest.mark.parametrize(
    ("section", "fields", "code", "zh"),
    [
        ("company", {"registered_capital": "很多"}, "type", "注册资本应为数字"),
        ("company", {"registered_capital": "0"}, "exclusiveMinimum", "注册资本应当大于0"),
        ("company", {"registered_capital": "-1"}, "exclusiveMinimum", "注册资本应当大于0"),
        ("company", {"registered_capital": "9" * 400}, "maximum", "注册资本不得大于1000000000万元"),
        ("company", {"registered_capital": 10**400}, "maximum", "注册资本不得大于1000000000万元"),
        ("company", {"registered_capital": "500.0000001"}, "multipleOf", "注册资本最多保留6位小数"),
        ("company", {"registered_capital": {"a": 1}}, "type", "注册资本应为数字"),
        ("company", {"company_type": "股份有限公司"}, "enum", "请从列出的选项中选择公司类型"),
        ("company", {"industry_term": "机" * 16}, "maxLength", "行业或者经营特点不得超过15个字符"),
        ("company", {"industry_term": "tech"}, "hanzi", "行业或者经营特点应当使用规范汉字"),
        ("company", {"trade_name": 12}, "type", "字号的格式有误"),
        ("contacts", {"headcount": "12.5"}, "type", "从业人数应为整数"),
        ("contacts", {"headcount": "-1"}, "minimum", "从业人数不得小于0"),
        ("agent", {"has_agent": "maybe"}, "type", "请选择是否委托代理人办理"),
    ],
)
def test_each_kind_of_error(section: str, fields: dict[str, Any], code: str, zh: str) -> None:
    [error] = errors(a1_answers(**{section: fields}), section=section).values()
    assert error.code == code
    assert error.message.zh == zh
    assert error.message.en


def test_a_wrong_date_is_named_with_its_row() -> None:
    found = errors(a1_answers(**a1_row("shareholders", 1, paid_by="2028-02-30")))
    error = found["/answers/shareholders/rows/1/paid_by"]
    assert error.code == "date"
    assert error.message.zh.startswith("股东2：请填写真实存在的日期")
    assert error.message.en.startswith("Shareholder 2: ")


def test_all_wrong_fields_are_named_at_once_in_form_order() -> None:
    answers = a1_answers(
        agent={"has_agent": None},
        company={"trade_name": "A", "region_name": None},
        **a1_row("shareholders", 1, name=None, paid_by="soon"),
    )
    answers["people"]["legal_representative_mobile"] = "123"
    assert list(errors(answers)) == [
        "/answers/company/region_name",
        "/answers/company/trade_name",
        "/answers/shareholders/rows/1/name",
        "/answers/shareholders/rows/1/paid_by",
        "/answers/people/legal_representative_mobile",
        "/answers/agent/has_agent",
    ]


def test_rows_are_ordered_by_number_not_by_text() -> None:
    rows = [{"text": "技术服务", "kind": "general"} for _ in range(12)]
    for number in (2, 10, 11):
        rows[number]["text"] = ""
    found = errors(a1_answers(scope={"rows": rows}))
    assert [pointer.split("/")[-2] for pointer in found] == ["2", "10", "11"]


@pytest.mark.parametrize(
    ("answers", "pointer"),
    [
        ({"animals": {}}, "/answers/animals"),
        ({"company": {"colour": "red"}}, "/answers/company/colour"),
        ({"company": {"rows": []}}, "/answers/company/rows"),
        ({"scope": {"rows": [{"colour": "red"}]}}, "/answers/scope/rows/0/colour"),
        ({"company": {"a/b~c": 1}}, "/answers/company/a~1b~0c"),
    ],
)
def test_unknown_names_are_refused(answers: dict[str, Any], pointer: str) -> None:
    assert errors(answers)[pointer].code == "unknown"


@pytest.mark.parametrize(
    ("answers", "pointer"),
    [
        ([], "/answers"),
        ("text", "/answers"),
        ({"company": "text"}, "/answers/company"),
        ({"scope": {"rows": {"0": {}}}}, "/answers/scope/rows"),
        ({"scope": {"rows": ["text"]}}, "/answers/scope/rows/0"),
    ],
)
def test_a_wrong_structure_is_named_and_nothing_inside_it(answers: object, pointer: str) -> None:
    found = errors(answers)
    assert found[pointer].code == "type"
    assert not any(other.startswith(f"{pointer}/") for other in found)


def test_answers_that_are_no_object_fail_every_section_too() -> None:
    assert list(errors([], section="agent")) == ["/answers"]


def test_fields_that_do_not_apply_are_neither_required_nor_kept() -> None:
    answers = a1_answers(agent={"has_agent": "false", "agent_name": "某代理", "agent_id": "wrong"})
    found = validate(a1(), answers, today=TODAY)
    assert found.errors == ()
    assert found.values["agent"] == {"has_agent": False}


@pytest.mark.parametrize(
    ("section", "fields", "needed"),
    [
        ("agent", {"has_agent": "true"}, ["agent_name", "agent_id", "agent_mobile"]),
        ("company", {"business_term": "fixed"}, ["business_term_years"]),
        ("contacts", {"licence_collection": "courier"}, ["courier_address"]),
        ("premises", {"proof_kind": "lease", "proof_number": ""}, ["proof_number"]),
        ("premises", {"proof_kind": "declaration", "proof_number": ""}, []),
    ],
)
def test_fields_become_required_with_the_choice(
    section: str, fields: dict[str, Any], needed: list[str]
) -> None:
    found = errors(a1_answers(**{section: fields}), section=section)
    assert list(found) == [f"/answers/{section}/{name}" for name in needed]


def test_empty_rows_at_the_end_are_dropped_but_not_in_between() -> None:
    rows = a1_answers()["scope"]["rows"]
    found = validate(a1(), a1_answers(scope={"rows": [*rows, {}, {"text": " ", "kind": ""}]}), today=TODAY)
    assert found.errors == ()
    assert len(found.values["scope"]["rows"]) == 2
    assert list(errors(a1_answers(scope={"rows": [rows[0], {}, rows[1]]}))) == [
        "/answers/scope/rows/1/text",
        "/answers/scope/rows/1/kind",
    ]


def test_no_rows_at_all_is_one_error() -> None:
    none_given: tuple[object, ...] = ([], [{}], "", None)
    for rows in none_given:
        [error] = errors(a1_answers(shareholders={"rows": rows})).values()
        assert error.pointer == "/answers/shareholders/rows"
        assert error.message.zh == "请至少填写一名股东（《公司法》第四十二条）"


def test_one_section_is_checked_alone() -> None:
    answers = {"company": a1_answers()["company"]}
    assert errors(answers, section="company") == {}
    assert set(errors(answers, section="agent")) == {"/answers/agent/has_agent"}


def test_an_unknown_section_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        validate(a1(), {}, today=TODAY, section="animals")
    assert caught.value.errors[0].code == "unknown"


def test_materials_are_checked_for_the_whole_application_only() -> None:
    assert errors(a1_answers(), uploaded=set(A1_MATERIALS)) == {}
    assert list(errors(a1_answers(), uploaded=set(A1_MATERIALS) - {"articles"})) == ["/materials/articles"]
    assert errors(a1_answers(), uploaded={*A1_MATERIALS, "poem"})["/materials/poem"].code == "unknown"
    assert errors(a1_answers(), section="company", uploaded=set()) == {}
    assert errors(a1_answers(), uploaded=None) == {}


def test_a_prelicence_is_needed_with_its_business_registration_regulations_14() -> None:
    answers = a1_answers(**a1_row("scope", 1, kind="prelicence"))
    values = validate(a1(), answers, today=TODAY).values
    assert required_materials(a1(), values) == {*A1_MATERIALS, "prelicence"}
    assert list(errors(answers, uploaded=set(A1_MATERIALS))) == ["/materials/prelicence"]
    material = a1().material("prelicence")
    assert material is not None
    assert material.basis is not None
    assert "《市场主体登记管理条例》第十四条第一款" in material.basis.zh


def test_a_power_of_attorney_is_needed_with_an_agent_registration_regulations_18() -> None:
    agent = {
        "has_agent": "true",
        "agent_name": "示范代理人",
        "agent_id": ID_NUMBERS[3],
        "agent_mobile": "13800000009",
    }
    answers = a1_answers(agent=agent)
    assert list(errors(answers, uploaded=set(A1_MATERIALS))) == ["/materials/power_of_attorney"]
    material = a1().material("power_of_attorney")
    assert material is not None
    assert material.basis is not None
    assert "《市场主体登记管理条例》第十八条" in material.basis.zh


def test_required_materials_of_an_empty_draft() -> None:
    assert required_materials(a1(), {}) == set(A1_MATERIALS)


def test_sections_are_untouched_begun_or_complete() -> None:
    answers = a1_answers(agent=None, company={"trade_name": None}, contacts={"liaison_name": ""})
    status = examine(a1().form, answers, date(2026, 11, 23)).sections()
    assert status == {
        "company": "in_progress",
        "premises": "complete",
        "scope": "complete",
        "shareholders": "complete",
        "people": "complete",
        "contacts": "in_progress",
        "agent": "not_started",
    }
    assert set(examine(a1().form, {}, TODAY).sections().values()) == {"not_started"}
    assert examine(a1().form, {"agent": {"has_agent": ""}}, TODAY).sections()["agent"] == "not_started"
