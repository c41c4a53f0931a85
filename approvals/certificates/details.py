"""What a certificate says beside its holder, line by line, whatever kind it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from approvals.certificates.model import LICENCE, Certificate
from approvals.items.wording import date_text, number_text
from shared.text import Text

_FEN_PER_WAN = 1_000_000


@dataclass(frozen=True, slots=True)
class Detail:
    """One line: `key` for programs, label and value for people."""

    key: str
    label: Text
    value: Text

    def to_dict(self) -> dict[str, object]:
        """As the API says it."""
        return {"key": self.key, "label": self.label.to_dict(), "value": self.value.to_dict()}


def details_of(certificate: Certificate) -> tuple[Detail, ...]:
    """The lines in the order of the certificate itself."""
    if certificate.kind == LICENCE:
        return tuple(_of_licence(certificate))
    return tuple(
        Detail(line["key"], Text.of(line["label"]), Text.of(line["value"]))
        for line in certificate.public_facts["details"]
    )


def _of_licence(certificate: Certificate) -> Iterator[Detail]:
    facts = certificate.public_facts
    capital = number_text(Decimal(facts["registered_capital_fen"]) / _FEN_PER_WAN)
    founded = date_text(date.fromisoformat(facts["established_on"]))
    yield Detail("company_type", Text("类型", "Type of company"), Text.same(facts["company_type"]))
    yield Detail(
        "legal_representative",
        Text("法定代表人", "Legal representative"),
        Text.same(facts["legal_representative"]),
    )
    yield Detail("address", Text("住所", "Registered seat"), Text.same(facts["address"]))
    yield Detail(
        "registered_capital",
        Text("注册资本", "Registered capital"),
        Text(f"{capital}万元人民币", f"CNY {capital} × 10,000"),
    )
    yield Detail("established_on", Text("成立日期", "Founded on"), founded)
    yield Detail("business_scope", Text("经营范围", "Business scope"), Text.same(facts["business_scope"]))
