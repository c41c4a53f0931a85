"""The check on the spot (现场核查): who was there, when, and what they found.

行政许可法 art. 34(3): where what the papers say has to be verified, the authority sends two or more of its
staff.
How many an item asks for, and by which provision, is the item's own: its step says so (`on_site`).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from approvals.cases.model import Case
from approvals.items.model import OnSite
from shared.clock import local_date
from shared.errors import FieldError
from shared.text import Text

_MISSING = Text(
    "请填写现场核查情况：核查人员、日期和核查发现",
    "Say who checked on the spot, when, and what they found",
)
_UNWANTED = Text("该事项不需要现场核查", "The item has no check on the spot")
_TOO_FEW = Text(
    "现场核查应当由{least}名以上不同的工作人员进行（{basis}）",
    "At least {least} different officials check on the spot ({basis})",
)
_NO_BASIS = Text("事项规定", "by the item")
_FUTURE = Text("核查日期不能晚于今天", "The day of the check may not lie in the future")
_EARLY = Text("核查日期不能早于受理之日", "The check may not lie before acceptance")
_FINDINGS = Text("请写明核查发现", "Say what was found")


def accepted_on(case: Case) -> date:
    """The legal date of acceptance, by an act or by operation of law."""
    found = [entry for entry in case.entries if entry.key in ("accepted", "deemed_accepted")]
    if found:
        return found[-1].effective_on
    return local_date(case.created_at)


def wrong_with(
    inspection: Mapping[str, Any] | None, demanded: OnSite | None, *, earliest: date, today: date
) -> list[FieldError]:
    """What is wrong with the record of a check on the spot, as far as the item demands one."""
    if demanded is None:
        return [FieldError("/inspection", "unwanted", _UNWANTED)] if inspection else []
    if not inspection:
        return [FieldError("/inspection", "required", _MISSING)]
    errors = []
    if len(_different(inspection["inspectors"])) < demanded.least:
        message = _TOO_FEW.format(least=demanded.least, basis=demanded.basis or _NO_BASIS)
        errors.append(FieldError("/inspection/inspectors", "too-few", message))
    if inspection["on"] > today:
        errors.append(FieldError("/inspection/on", "future", _FUTURE))
    elif inspection["on"] < earliest:
        errors.append(FieldError("/inspection/on", "too-early", _EARLY))
    if not inspection["findings"].strip():
        errors.append(FieldError("/inspection/findings", "required", _FINDINGS))
    return errors


def kept(inspection: Mapping[str, Any]) -> dict[str, Any]:
    """The record as it is stored with the opinion: every name once, the day as text."""
    return {
        "on": inspection["on"].isoformat(),
        "inspectors": list(_different(inspection["inspectors"]).values()),
        "findings": inspection["findings"].strip(),
    }


def _different(names: list[str]) -> dict[str, str]:
    """The names by what tells them apart: neither spaces nor letter case make another person."""
    return {"".join(name.split()).casefold(): " ".join(name.split()) for name in names if name.strip()}
