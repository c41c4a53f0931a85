"""Registering changes of an enterprise (变更登记), and taking one back when it is revoked.

公司法 arts. 34–36; 市场主体登记管理条例 arts. 24–28; 实施细则 arts. 31–36, 54–57. The register's row holds
what is so now; each change keeps what it changed, so that a revocation can restore the state before it.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.certificates.ending import revoke
from approvals.certificates.model import Certificate
from approvals.certificates.replacing import reinstate, replace_by
from approvals.enterprise.model import ACTIVE, Enterprise, EnterpriseChange
from approvals.enterprise.particulars import FEN_PER_WAN
from approvals.enterprise.register import (
    facts_of,
    is_taken,
    issue_licence,
    locked,
    require_free,
    tell,
)
from approvals.items.model import Item
from shared.errors import Conflict, FieldError
from shared.text import Text
from shared.transaction import Transaction

CHANGE = "company-change"

_KINDS = ("name", "seat", "representative", "capital", "scope")
"""Sections of the form, each with `change` and what the register says now, `present`."""
_PRESENT = {
    "name": "name",
    "seat": "address",
    "representative": "legal_representative",
    "capital": "registered_capital",
    "scope": "business_scope",
}
_IN_THE_ARTICLES = ("name", "seat", "capital", "scope")
"""What the articles of a company state (公司法 art. 46), but for the legal representative's name."""

_NOTHING = Text("请至少选择一项变更事项", "Choose at least one thing to change")
_SAME = Text("与现登记事项相同，没有变更", "This is what the register says already")
_TAKEN = Text("名称“{name}”已被登记，请更换", "The name “{name}” is already registered; choose another")
_FORM = Text(
    "有限责任公司应当在名称中标明“有限责任公司”或者“有限公司”字样（公司法第七条）",
    "The name ends with 有限公司 or 有限责任公司 (Company Law, art. 7)",
)
_MORE = Text(
    "这里只办理增加注册资本；减少注册资本须先公告45日，暂不能在线办理",
    "Increases only; a reduction is announced for 45 days first and cannot be applied for here yet",
)
_ARTICLES = Text(
    "名称、住所、注册资本、经营范围变更的，应当修改章程（公司法第四十六条）",
    "Name, seat, capital and scope stand in the articles, which then change too (Company Law, art. 46)",
)
_MOVED = Text(
    "登记簿在申请之后已有变化，不能按此申请登记；请申请人按现登记事项重新申请",
    "The register has changed since the application; apply anew by what it says now",
)
_NOT_ACTIVE = Text(
    "该单位不在登记簿中，或者已不在存续状态", "The organisation is not in the register, or not active"
)
_NO_WAY_BACK = Text(
    "此后又有新的登记或者企业已不存续，撤销后无法恢复到登记前的状态（实施细则第五十五条）",
    "Later registrations stand in the way: the state before cannot be restored (Implementing Rules, art. 55)",
)


def changed_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the register that the application changes, with their new values. Pure."""
    found: dict[str, Any] = {}
    for kind in _chosen(values):
        section = values[kind]
        if kind == "name":
            found["name"] = section.get("new_name")
        elif kind == "seat":
            found["address"] = section.get("new_address")
        elif kind == "representative":
            found["legal_representative"] = section.get("new_name")
        elif kind == "capital":
            found["registered_capital_fen"] = int(Decimal(str(section.get("new_capital", 0))) * FEN_PER_WAN)
        else:
            found["business_scope"] = section.get("new_scope")
            found["industry_code"] = section.get("new_industry_code")
    return {column: value for column, value in found.items() if value}


def change_rules(session: Session, _item: Item, values: Mapping[str, Any]) -> list[FieldError]:
    """Something changes, each change is one, a new name is free, and the capital grows."""
    return [*_wrongs(values), *_name_wrongs(session, values)]


def register_change(tx: Transaction, case: Case, item: Item, values: Mapping[str, Any]) -> Certificate:
    """Change what the application changes, and issue a new licence in the place of the old one.

    Raises Conflict when the register says something else than when the application was handed in, or the new
    name was taken meanwhile.
    """
    enterprise = locked(tx, case.on_behalf_of or "")
    if enterprise is None or enterprise.status != ACTIVE:
        raise Conflict(_NOT_ACTIVE, slug="organisation-not-registered")
    _require_as_filed(tx.session, enterprise, values)
    after = changed_columns(values)
    if "name" in after:
        require_free(tx.session, after["name"], enterprise.uscc)
    change = EnterpriseChange(
        case_id=case.id,
        uscc=enterprise.uscc,
        number=_count(tx.session, enterprise.uscc) + 1,
        before={column: getattr(enterprise, column) for column in after},
        after=after,
        licence_before=enterprise.certificate_id,
        registered_at=tx.now,
    )
    old = tx.session.get(Certificate, enterprise.certificate_id) if enterprise.certificate_id else None
    _put(enterprise, after)
    licence = issue_licence(tx, case, item, enterprise)
    change.licence_after = licence.id
    if old is not None:
        replace_by(tx, old, licence)
    tx.session.add(change)
    tx.session.flush()
    details = {"case": str(case.id), "columns": sorted(after)}
    tx.audit("enterprise.changed", "enterprise", enterprise.uscc, details)
    tell(tx, enterprise)
    return licence


def restore(tx: Transaction, case: Case, item: Item) -> str | None:
    """The registration of the change is revoked: the matters and the licence before it stand again.

    Raises Conflict when a later change was registered, the enterprise is active no more, or its former name
    has been taken.
    """
    change = tx.session.get_one(EnterpriseChange, case.id)
    enterprise = locked(tx, change.uscc)
    if enterprise is None or enterprise.status != ACTIVE or enterprise.certificate_id != change.licence_after:
        raise Conflict(_NO_WAY_BACK, slug="register-moved-on")
    if "name" in change.before:
        require_free(tx.session, change.before["name"], enterprise.uscc)
    ended = revoke(tx, tx.session.get_one(Certificate, change.licence_after))
    _put(enterprise, change.before)
    enterprise.certificate_id = change.licence_before
    if change.licence_before is not None:
        reinstate(tx.session.get_one(Certificate, change.licence_before))
    change.undone_at = tx.now
    tx.session.flush()
    details = {"case": str(case.id), "columns": sorted(change.before)}
    tx.audit("enterprise.change-revoked", "enterprise", enterprise.uscc, details)
    tell(tx, enterprise)
    return ended


def _chosen(values: Mapping[str, Any]) -> list[str]:
    return [kind for kind in _KINDS if values.get(kind, {}).get("change") is True]


def _wrongs(values: Mapping[str, Any]) -> Iterator[FieldError]:
    chosen = _chosen(values)
    if not chosen and all("change" in values.get(kind, {}) for kind in _KINDS):
        yield FieldError("/answers/name/change", "nothing-changes", _NOTHING)
    for kind, field in (("seat", "new_address"), ("representative", "new_name"), ("scope", "new_scope")):
        if kind in chosen and values[kind].get(field) and values[kind][field] == values[kind].get("present"):
            yield FieldError(f"/answers/{kind}/{field}", "unchanged", _SAME)
    present, new = (values.get("capital", {}).get(name) for name in ("present", "new_capital"))
    if "capital" in chosen and present and new is not None and Decimal(str(new)) <= Decimal(present):
        yield FieldError("/answers/capital/new_capital", "not-more", _MORE)
    if values.get("decision", {}).get("articles_changed") is False and set(chosen) & set(_IN_THE_ARTICLES):
        yield FieldError("/answers/decision/articles_changed", "articles-change", _ARTICLES)


def _name_wrongs(session: Session, values: Mapping[str, Any]) -> Iterator[FieldError]:
    name = values.get("name", {}).get("new_name") if "name" in _chosen(values) else None
    if not name:
        return
    at = "/answers/name/new_name"
    if name == values["name"].get("present"):
        yield FieldError(at, "unchanged", _SAME)
    elif not name.endswith(("有限公司", "有限责任公司")):
        yield FieldError(at, "legal-form", _FORM)
    elif is_taken(session, name):
        yield FieldError(at, "name-taken", _TAKEN.format(name=name))


def _require_as_filed(session: Session, enterprise: Enterprise, values: Mapping[str, Any]) -> None:
    """The register says what the application was filed on."""
    facts = facts_of(session, enterprise.uscc) or {}
    if any(values[kind].get("present") != facts.get(_PRESENT[kind]) for kind in _KINDS):
        raise Conflict(_MOVED, slug="register-moved-on")


def _count(session: Session, uscc: str) -> int:
    of_it = sa.select(sa.func.count()).where(EnterpriseChange.uscc == uscc)
    return int(session.scalar(of_it) or 0)


def _put(enterprise: Enterprise, columns: Mapping[str, Any]) -> None:
    for column, value in columns.items():
        setattr(enterprise, column, value)
