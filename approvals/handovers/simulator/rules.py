"""What the simulated tax authority makes of what it is given: plain rules, nobody's real practice."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from approvals.handovers.port import StepKind

Facts = Mapping[str, Any]

ODD_ACCOUNT = "0000"
"""An account number that ends so has to be corrected."""
SHORT_EXPLANATION = 10
"""An explanation with fewer characters has to be corrected."""
LARGE_AMOUNT = Decimal(1_000_000)
"""Yuan; from here on a deferral because of force majeure goes to an expert review."""
NOT_OURS = "不予受理"
"""Whoever has this in their name is not this authority's taxpayer."""
PACKAGE = "new-taxpayer-package"


@dataclass(frozen=True, slots=True)
class Planned:
    """A step that will happen, so many paces after the filing or the answer."""

    kind: StepKind
    after: int
    text: str = ""
    points: tuple[tuple[str, str], ...] = ()
    procedure: tuple[str, int] | None = None
    paper: str | None = None
    """The title of the document that comes with it."""


def plan(facts: Facts, *, answered: bool) -> list[Planned]:
    """What will happen to an application, or after its correction was `answered`."""
    first = Planned(StepKind.CORRECTION_ANSWERED if answered else StepKind.RECEIVED, 0)
    if NOT_OURS in str(facts.get("subject_name") or ""):
        return [first, Planned(StepKind.NOT_ACCEPTED, 1, "不属于本机关管辖的纳税人")]
    points = _to_correct(facts)
    if points:
        return [first, Planned(StepKind.CORRECTION_REQUESTED, 1, points=tuple(points))]
    accepted = Planned(StepKind.ACCEPTED, 1)
    if facts.get("item", {}).get("slug") == PACKAGE:
        return [first, accepted, Planned(StepKind.GRANTED, 2, paper="新办纳税人涉税事项办理结果告知书")]
    return [first, accepted, *_deferral(facts)]


def _deferral(facts: Facts) -> list[Planned]:
    granted = Planned(StepKind.GRANTED, 3, paper="准予延期缴纳税款通知书（模拟）")
    refused = Planned(
        StepKind.REFUSED,
        3,
        "当期货币资金在扣除应付职工工资、社会保险费后，足以缴纳税款",
        paper="不予延期缴纳税款通知书（模拟）",
    )
    if _value(facts, "difficulty", "reason") == "cash":
        return [granted if cash_is_short(facts) else refused]
    if _yuan(facts, "tax", "amount") < LARGE_AMOUNT:
        return [granted]
    review = ("expert_review", 5)
    return [
        Planned(StepKind.PROCEDURE_STARTED, 2, "损失情况需要专家评审", procedure=review),
        Planned(StepKind.PROCEDURE_ENDED, 3, procedure=review),
        Planned(StepKind.GRANTED, 4, paper=granted.paper),
    ]


def cash_is_short(facts: Facts) -> bool:
    """税收征管法实施细则 art. 41(2): after wages and social insurance the cash does not suffice."""
    left = _yuan(facts, "difficulty", "cash_balance")
    for paid in ("wages", "social_insurance"):
        left -= _yuan(facts, "difficulty", paid)
    return left < _yuan(facts, "tax", "amount")


def _to_correct(facts: Facts) -> list[tuple[str, str]]:
    points = []
    account = _value(facts, "direct_debit", "account_number")
    if isinstance(account, str) and account.endswith(ODD_ACCOUNT):
        points.append(("/answers/direct_debit/account_number", "账号与开户银行预留信息不符，请核对后更正"))
    explanation = _value(facts, "difficulty", "explanation")
    if isinstance(explanation, str) and len(explanation) < SHORT_EXPLANATION:
        points.append(("/answers/difficulty/explanation", "请具体说明不能按期缴纳税款的原因"))
    return points


def _value(facts: Facts, section: str, field: str) -> Any:
    return (facts.get("answers", {}).get(section) or {}).get(field)


def _yuan(facts: Facts, section: str, field: str) -> Decimal:
    try:
        return Decimal(str(_value(facts, section, field) or 0))
    except InvalidOperation:
        return Decimal(0)
