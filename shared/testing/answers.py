"""A complete, valid application for item A1 公司设立登记 in the fictional demo region."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

ID_NUMBERS = ("990101199001010019", "990101198506150020", "990101197803200034", "990101199511110044")
"""Citizen ID numbers with valid check digits in a region that does not exist."""

PARENT_USCC = "91990101MA0DEM013U"
"""Unified social credit code of a demo enterprise."""

A1_MATERIALS = ("application_form", "shareholder_identity", "premises", "articles", "appointments")
"""Codes of the materials that every application for A1 needs."""

_A1: dict[str, dict[str, Any]] = {
    "company": {
        "region_name": "示范市示范区",
        "trade_name": "云栖湾",
        "industry_term": "精密传动",
        "legal_form": "有限公司",
        "spare_name_1": "澜川湾",
        "company_type": "natural_invested",
        "registered_capital": "500",
        "business_term": "indefinite",
    },
    "premises": {
        "region_code": "990101",
        "street": "云澜大道8号",
        "building": "3号楼",
        "floor": "5层",
        "room": "501室",
        "proof_kind": "lease",
        "proof_number": "云澜租字第0501号",
    },
    "scope": {
        "industry_code": "C3453",
        "rows": [
            {"text": "齿轮及齿轮减、变速箱制造", "kind": "general"},
            {"text": "技术服务、技术开发、技术咨询", "kind": "general"},
        ],
    },
    "shareholders": {
        "rows": [
            {
                "name": "示范股东甲",
                "kind": "natural",
                "document_type": "id_card",
                "document_number": ID_NUMBERS[0],
                "contribution": "300",
                "contribution_kind": "money",
                "paid_by": "2028-12-31",
            },
            {
                "name": "示范市云栖湾精密传动有限公司",
                "kind": "legal",
                "document_type": "business_licence",
                "document_number": PARENT_USCC,
                "contribution": "200",
                "contribution_kind": "intellectual_property",
                "paid_by": "2028-12-31",
            },
        ],
    },
    "people": {
        "legal_representative_name": "示范股东甲",
        "legal_representative_id": ID_NUMBERS[0],
        "legal_representative_mobile": "13800000001",
        "disqualification_confirmed": "true",
        "rows": [
            {"name": "示范股东甲", "position": "director", "id_number": ID_NUMBERS[0]},
            {"name": "示范股东甲", "position": "manager", "id_number": ID_NUMBERS[0]},
            {"name": "示范监事乙", "position": "supervisor", "id_number": ID_NUMBERS[1]},
        ],
    },
    "contacts": {
        "liaison_name": "示范联络员丁",
        "liaison_id": ID_NUMBERS[3],
        "liaison_mobile": "13800000004",
        "finance_name": "示范财务丙",
        "finance_id": ID_NUMBERS[2],
        "finance_mobile": "13800000003",
        "headcount": "12",
        "licence_collection": "electronic",
    },
    "agent": {"has_agent": "false"},
}


def a1_answers(**overrides: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """Raw answers that pass validation; `a1_answers(company={"trade_name": None})` changes single fields.

    A field set to None is left out, and so is a section set to None; `rows` replaces the whole list.
    """
    answers = deepcopy(_A1)
    for section, fields in overrides.items():
        if fields is None:
            answers.pop(section)
            continue
        merged = {**answers.get(section, {}), **deepcopy(dict(fields))}
        answers[section] = {name: value for name, value in merged.items() if value is not None}
    return answers


def a1_row(section: str, number: int, **fields: Any) -> dict[str, Any]:
    """`a1_answers(**a1_row("shareholders", 0, contribution="1"))`: one row with other values."""
    rows = deepcopy(_A1[section]["rows"])
    rows[number] = {name: value for name, value in {**rows[number], **fields}.items() if value is not None}
    return {section: {"rows": rows}}


A9 = "99013112700403"
"""The code of 公司简易注销登记."""
A9_MATERIALS = ("application_form", "promise")
A9_ANSWERS: dict[str, dict[str, Any]] = {
    "declarations": dict.fromkeys(
        (
            "debts_settled",
            "dues_settled",
            "no_approval_needed",
            "not_listed",
            "nothing_encumbered",
            "no_proceedings",
            "not_revoked",
            "no_penalty_open",
            "no_branches",
        ),
        "true",
    ),
    "investors": {"promise_signed": "true", "rows": [{"name": "示范股东甲"}, {"name": "示范股东乙"}]},
    "contact": {"name": "示范联络员丁", "mobile": "13800000004"},
}
"""A complete application for A9, but for what the register fills in."""
