"""Answers as people read them, drafts as they may be stored, and the guide as the API shows it."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from approvals.items.answers import label_of, mask_answers, subject_name, summary_rows
from approvals.items.drafts import MAX_CHARACTERS, MAX_ERRORS, MAX_ROWS, check_draft
from approvals.items.forms import validate
from approvals.items.guide import guide, plain_json, section_json, summary
from shared.testing.answers import ID_NUMBERS, PARENT_USCC, a1_answers
from tests.unit.item_cases import TODAY, a1, catalogue


def shown(answers: dict[str, Any]) -> dict[str, str | None]:
    """Pointer to the Chinese words of every answer."""
    return {
        row.pointer: row.value.zh if row.value else None
        for section in summary_rows(a1(), answers)
        for row in section.rows
    }


def test_the_subject_is_named_from_its_four_parts_name_provisions_6() -> None:
    assert subject_name(a1(), a1_answers()) == "示范市示范区云栖湾精密传动有限公司"
    assert subject_name(a1(), validate(a1(), a1_answers(), today=TODAY).values) is not None
    assert subject_name(a1(), a1_answers(company={"trade_name": " "})) is None
    assert subject_name(a1(), {}) is None
    assert subject_name(a1(), {"company": "junk"}) is None  # type: ignore[dict-item]


def test_answers_are_summed_up_in_words() -> None:
    words = shown(a1_answers())
    assert words["/answers/company/company_type"] == "有限责任公司（自然人投资或控股）"
    assert words["/answers/company/registered_capital"] == "500万元"
    assert words["/answers/company/spare_name_2"] is None
    assert words["/answers/premises/region_code"] == "示范省示范市示范区（990101）"
    assert words["/answers/scope/industry_code"] == "C3453 齿轮及齿轮减、变速箱制造"
    assert words["/answers/shareholders/rows/0/paid_by"] == "2028年12月31日"
    assert words["/answers/agent/has_agent"] == "否"
    assert "/answers/agent/agent_name" not in words
    assert "/answers/company/business_term_years" not in words


def test_typed_values_sum_up_to_the_same_words() -> None:
    values = validate(a1(), a1_answers(), today=TODAY).values
    assert shown(values) == shown(a1_answers())


def test_what_cannot_be_read_is_shown_as_typed() -> None:
    answers = a1_answers(
        company={"registered_capital": "五百", "company_type": "合伙"},
        premises={"region_code": "x"},
        scope={"industry_code": "Z1"},
    )
    answers["shareholders"]["rows"][0]["paid_by"] = "明年"
    words = shown(answers)
    assert words["/answers/company/registered_capital"] == "五百"
    assert words["/answers/company/company_type"] == "合伙"
    assert words["/answers/premises/region_code"] == "x"
    assert words["/answers/scope/industry_code"] == "Z1"
    assert words["/answers/shareholders/rows/0/paid_by"] == "明年"


def test_rows_carry_their_names() -> None:
    [shareholders] = [s for s in summary_rows(a1(), a1_answers()) if s.key == "shareholders"]
    names = {row.row.zh for row in shareholders.rows if row.row}
    assert names == {"股东1", "股东2"}


def test_identity_and_mobile_numbers_are_masked_company_codes_are_not() -> None:
    masked = mask_answers(a1(), a1_answers())
    text = json.dumps(masked)
    assert not any(number in text for number in ID_NUMBERS)
    assert "13800000001" not in text
    assert masked["people"]["legal_representative_id"] == "990***********0019"
    assert masked["people"]["legal_representative_mobile"] == "138****0001"
    assert masked["shareholders"]["rows"][1]["document_number"] == PARENT_USCC
    assert masked["company"] == a1_answers()["company"]


@pytest.mark.parametrize(
    "raw", ["99010119900101001", "９９０１０１１９９００１０１００１９", 990101199001010019]
)
def test_half_typed_and_odd_numbers_are_masked_too(raw: object) -> None:
    answers = a1_answers(people={"legal_representative_id": raw})
    masked = mask_answers(a1(), answers)["people"]["legal_representative_id"]
    assert "19900101" not in masked
    assert "*" in masked


def test_a_number_without_a_kind_is_masked() -> None:
    answers = a1_answers(shareholders={"rows": [{"document_number": ID_NUMBERS[0]}, "junk"]})
    masked = mask_answers(a1(), answers)["shareholders"]["rows"]
    assert masked[0]["document_number"] == "990***********0019"
    assert masked[1] == "junk"


@pytest.mark.parametrize(
    ("pointer", "label"),
    [
        ("/answers/company/trade_name", "字号"),
        ("/answers/shareholders/rows/0/document_number", "股东1：证件号码"),
        ("/answers/shareholders/rows", "股东"),
        ("/answers/company", "公司基本信息"),
        ("/materials/articles", "公司章程"),
        ("/materials/poem", None),
        ("/answers/company/colour", None),
        ("/answers/shareholders/rows/x/name", None),
        ("/answers/shareholders/rows/99999999/name", None),
        ("company", None),
        ("", None),
    ],
)
def test_pointers_are_named(pointer: str, label: str | None) -> None:
    found = label_of(a1(), pointer)
    assert (found.zh if found else None) == label


def test_a_draft_may_be_as_wrong_as_it_likes() -> None:
    assert check_draft(a1(), {}) == ()
    assert check_draft(a1(), {"company": {"registered_capital": "very much", "trade_name": None}}) == ()
    assert check_draft(a1(), a1_answers()) == ()


@pytest.mark.parametrize(
    ("answers", "pointer", "code"),
    [
        ([], "/answers", "type"),
        ({"animals": {}}, "/answers/animals", "unknown"),
        ({"company": {"colour": "red"}}, "/answers/company/colour", "unknown"),
        ({"company": []}, "/answers/company", "type"),
        ({"company": {"trade_name": ["a"]}}, "/answers/company/trade_name", "type"),
        ({"company": {"trade_name": {"a": 1}}}, "/answers/company/trade_name", "type"),
        ({"company": {"trade_name": "x" * (MAX_CHARACTERS + 1)}}, "/answers/company/trade_name", "too_long"),
        ({"company": {"trade_name": "a\x00b"}}, "/answers/company/trade_name", "characters"),
        ({"company": {"trade_name": "\ud800"}}, "/answers/company/trade_name", "characters"),
        ({"company": {"registered_capital": 10**40}}, "/answers/company/registered_capital", "too_long"),
        ({"company": {"registered_capital": float("inf")}}, "/answers/company/registered_capital", "type"),
        ({"scope": {"rows": "many"}}, "/answers/scope/rows", "type"),
        ({"scope": {"rows": [{}] * (MAX_ROWS + 1)}}, "/answers/scope/rows", "too_long"),
        ({"scope": {"rows": [{"text": [1]}]}}, "/answers/scope/rows/0/text", "type"),
        ({"scope": {"rows": [1]}}, "/answers/scope/rows/0", "type"),
    ],
)
def test_what_cannot_be_stored_is_refused(answers: object, pointer: str, code: str) -> None:
    found = {error.pointer: error.code for error in check_draft(a1(), answers)}
    assert found.get(pointer) == code


def test_a_flood_of_unknown_names_is_answered_briefly() -> None:
    assert len(check_draft(a1(), {"company": {f"x{n}": 1 for n in range(5000)}})) == MAX_ERRORS


def test_the_summary_of_an_item_has_the_agreed_shape() -> None:
    found = summary(a1())
    assert found["code"] == "00013112700401"
    assert found["slug"] == "company-establishment"
    assert found["name"] == {"zh": "公司设立登记", "en": "Company establishment registration"}
    assert found["category"]["code"] == "establishment"
    assert found["department"]["code"] == "11990101MB0DEM2282"
    assert found["statutory_limit"]["n"] == 3
    assert found["statutory_limit"]["unit"] == "working_day"
    assert found["statutory_limit"]["on_the_spot"]
    assert found["statutory_limit"]["extension"]["n"] == 3
    assert found["promised_limit"]["text"]["en"] == "1 working day"
    assert not found["promised_limit"]["verified"]
    assert found["case_kind"] == "promise"
    assert found["fee"]["charged"] is False
    assert found["online"] is True


def test_the_guide_has_the_fourteen_chapters_in_order_and_every_fact_says_whether_it_is_verified() -> None:
    for item in catalogue().items(TODAY):
        chapters = guide(item, catalogue(), TODAY)["chapters"]
        assert [chapter["title"]["zh"].split("、")[0] for chapter in chapters] == list(
            "一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四".split()
        )
        for fact in (fact for chapter in chapters for fact in chapter["facts"]):
            assert fact["label"].keys() == fact["value"].keys() == {"zh", "en"}
            assert isinstance(fact["verified"], bool)
            assert fact["basis"] or not fact["verified"]


def test_every_chapter_of_a1_says_something() -> None:
    assert all(chapter["facts"] for chapter in guide(a1(), catalogue(), TODAY)["chapters"])


def test_the_guide_is_json_and_names_materials_checks_and_grounds() -> None:
    found = json.loads(json.dumps(guide(a1(), catalogue(), TODAY)))
    assert [material["code"] for material in found["materials"]] == [
        "application_form",
        "shareholder_identity",
        "premises",
        "articles",
        "appointments",
        "prelicence",
        "power_of_attorney",
    ]
    assert [(ground["kind"], ground["basis"]["zh"]) for ground in found["decline_grounds"]] == [
        ("not_required", "《行政许可法》第三十二条第一款第（一）项"),
        ("refused", "《行政许可法》第三十二条第一款第（二）项"),
        ("refused", "《行政许可法》第三十二条第一款第（五）项"),
    ]
    assert found["review_checks"]
    assert "行政复议" in found["remedies"]["zh"]


def test_the_published_schema_accepts_what_the_service_accepts() -> None:
    values = validate(a1(), a1_answers(), today=TODAY).values
    for section in a1().form.sections:
        schema = section_json(section)["schema"]
        Draft202012Validator.check_schema(schema)
        assert Draft202012Validator(schema).is_valid(plain_json(values[section.key])), section.key


def test_the_published_schema_says_what_is_required_with_a_choice() -> None:
    section = a1().form.section("agent")
    assert section is not None
    validator = Draft202012Validator(section_json(section)["schema"])
    assert validator.is_valid({"has_agent": False})
    assert not validator.is_valid({"has_agent": True})


def test_forbidden_contributions_have_no_option_in_the_published_schema() -> None:
    section = a1().form.section("shareholders")
    assert section is not None
    row = section_json(section)["schema"]["properties"]["rows"]["items"]["properties"]
    assert "劳务" not in json.dumps(row["contribution_kind"], ensure_ascii=False)
    assert row["contribution_kind"]["enum"][0] == "money"


def test_a_list_where_a_number_belongs_is_shown_as_nothing() -> None:
    words = shown({"company": {"registered_capital": [1, 2, 3]}})
    assert words["/answers/company/registered_capital"] is None
