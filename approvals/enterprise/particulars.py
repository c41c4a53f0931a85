"""The registered matters (登记事项) of a company, read out of the checked answers of A1."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from approvals.items.model import Item
from shared.text import Text

FEN_PER_WAN = 1_000_000
"""1 万元 = 10 000 yuan = 1 000 000 fen."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the register and the business licence show (市场主体登记管理条例 arts. 8, 21)."""

    name: str
    company_type: Text
    legal_representative: str
    region_code: str
    address: str
    industry_code: str
    business_scope: str
    registered_capital_fen: int


def particulars(item: Item, values: Mapping[str, Any]) -> Particulars:
    """Read the answers; what is still missing is empty, since this also serves unfinished applications."""
    company = values.get("company", {})
    premises = values.get("premises", {})
    people = values.get("people", {})
    scope = values.get("scope", {})
    name_parts = ("region_name", "trade_name", "industry_term", "legal_form")
    complete = all(company.get(part) for part in name_parts)
    places = ("street", "building", "floor", "room")
    return Particulars(
        name="".join(str(company[part]) for part in name_parts) if complete else "",
        company_type=_option(item, "company/company_type", company.get("company_type")),
        legal_representative=str(people.get("legal_representative_name", "")),
        region_code=str(premises.get("region_code", "")),
        address=str(company.get("region_name", "")) + "".join(str(premises.get(part, "")) for part in places),
        industry_code=str(scope.get("industry_code", "")),
        business_scope="；".join(str(row.get("text", "")) for row in scope.get("rows", [])),
        registered_capital_fen=int(Decimal(str(company.get("registered_capital", 0))) * FEN_PER_WAN),
    )


def _option(item: Item, path: str, value: Any) -> Text:
    field = item.form.field(path)
    found = next((option.label for option in field.options if option.value == value), None)
    return found or Text.same(str(value or ""))
