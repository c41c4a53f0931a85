"""The catalogue as the API shows it: a summary for lists, and the full guide (办事指南) of one item."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from approvals.items.catalogue import Catalogue
from approvals.items.changes import changes_between
from approvals.items.chapters import chapters_of
from approvals.items.form import Section
from approvals.items.model import (
    Coded,
    Fact,
    Fee,
    Item,
    Limit,
    Material,
    Outcome,
    Promise,
    PublicNotice,
    Said,
    Step,
)
from shared.text import Text

Json = dict[str, Any]

_CASE_KINDS = {"1": "immediate", "2": "promise"}


def summary(item: Item) -> Json:
    """The item in a list (`ITEM_SUMMARY` of the API)."""
    return {
        "code": item.code,
        "slug": item.slug,
        "name": item.name.to_dict(),
        "summary": item.summary.to_dict(),
        "category": {"code": item.category.code, "name": item.category.name.to_dict()},
        "item_type": _coded(item.item_type),
        "department": {"code": item.department.code, "name": item.department.name.to_dict()},
        "service_objects": [coded.name.to_dict() for coded in item.service_objects],
        "statutory_limit": _limit(item.limits.statutory),
        "promised_limit": _limit(item.limits.promised),
        "case_kind": _CASE_KINDS.get(item.case_kind.code) if item.case_kind else None,
        "fee": _fee(item.fee),
        "version": item.version,
        "effective_on": item.effective_on.isoformat(),
        "online": item.online,
    }


def guide(item: Item, catalogue: Catalogue, today: date) -> Json:
    """Everything public about one version of an item (`ITEM` of the API), as it stands on a legal date."""
    return {
        **summary(item),
        **_standing(item, catalogue, today),
        "requires": [_reference(catalogue.item(slug, today)) for slug in item.requires],
        "leads_to": [_reference(other) for other in catalogue.all(today) if item.slug in other.requires],
        "applicant": item.applicant,
        "basic_code": item.codes.basic,
        "implementation_code": item.codes.implementation,
        "business_code": item.codes.business,
        "missing": _text(item.missing),
        "legal_bases": [
            {
                "role": basis.role,
                "law": basis.law.to_dict(),
                "text_version": basis.text_version,
                "version_note": basis.version_note.to_dict(),
                "articles": basis.articles.to_dict(),
                "content": basis.content.to_dict(),
                "verified": basis.verified,
                "source": basis.source.to_dict(),
            }
            for basis in item.legal_bases
        ],
        "chapters": [
            {
                "key": chapter.key,
                "title": chapter.title.to_dict(),
                "facts": [_fact(fact) for fact in facts],
            }
            for chapter, facts in chapters_of(item, catalogue.chapters)
        ],
        "conditions": [
            {"text": entry.text.to_dict(), **_shown(entry.verified, entry.basis)} for entry in item.conditions
        ],
        "materials": [_material(material) for material in item.materials],
        "steps": [_step(step) for step in item.steps],
        "special_procedures": [
            {
                "kind": _coded(entry.kind),
                "procedures": list(entry.procedures),
                "text": entry.text.to_dict(),
                **_shown(entry.verified, entry.basis),
            }
            for entry in item.special_procedures
        ],
        "reforms": [
            {
                "mode": entry.mode,
                "name": entry.name.to_dict(),
                "text": entry.text.to_dict(),
                "make_up": _limit(entry.make_up),
                "promise": entry.promise and _promise(entry.promise),
                **_shown(entry.verified, entry.basis),
            }
            for entry in item.reforms
        ],
        "public_notice": _notice(item.public_notice),
        "intake_limit": _limit(item.limits.intake),
        "delivery_limit": _limit(item.limits.delivery),
        "outcome": _outcome(item.outcome),
        "remedies": _text(item.remedies.text if item.remedies else None),
        "contact": [_fact(fact) for fact in item.contact],
        "review_checks": [
            {"key": check.key, "text": check.text.to_dict(), **_shown(check.verified, check.basis)}
            for check in item.review_checks
        ],
        "decline_grounds": [
            {
                "key": ground.key,
                "kind": ground.kind,
                "text": ground.text.to_dict(),
                **_shown(ground.verified, ground.basis),
            }
            for ground in item.decline_grounds
        ],
        "form": {"sections": [section_json(section) for section in item.form.sections]},
    }


def _standing(item: Item, catalogue: Catalogue, today: date) -> Json:
    """What tells this version from the others, and which of them counts today."""
    in_force = catalogue.in_force(item.code, today)
    before = catalogue.before(item)
    return {
        "in_force": item is in_force,
        "retired_on": item.retired_on and item.retired_on.isoformat(),
        "replaces": before
        and {
            "version": before.version,
            "note": _text(item.changed),
            "changes": [change.to_dict() for change in changes_between(before, item)],
        },
        "versions": [
            {
                "version": each.version,
                "effective_on": each.effective_on.isoformat(),
                "retired_on": each.retired_on and each.retired_on.isoformat(),
                "in_force": each is in_force,
            }
            for each in catalogue.history(item.code)
        ],
    }


def _reference(item: Item) -> Json:
    return {"code": item.code, "slug": item.slug, "name": item.name.to_dict(), "online": item.online}


def section_json(section: Section) -> Json:
    """One section of the form with its JSON Schema (`SECTION` of the API)."""
    return {
        "key": section.key,
        "title": section.title.to_dict(),
        "intro": _text(section.intro),
        "schema": plain_json(section.schema),
    }


def plain_json(value: Any) -> Any:
    """A copy that JSON can say: exact decimals become numbers."""
    if isinstance(value, Mapping):
        return {key: plain_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(inner) for inner in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _text(text: Text | None) -> Json | None:
    return None if text is None else dict(text.to_dict())


def _shown(verified: bool, basis: Text | None) -> Json:
    return {"verified": verified, "basis": _text(basis)}


def _coded(coded: Coded) -> Json:
    return {"code": coded.code, "name": coded.name.to_dict(), **_shown(coded.verified, coded.basis)}


def _fact(fact: Fact) -> Json:
    return {
        "label": fact.label.to_dict(),
        "value": fact.value.to_dict(),
        **_shown(fact.verified, fact.basis),
    }


def _limit(limit: Limit | None) -> Json | None:
    if limit is None:
        return None
    return {
        "n": limit.n,
        "unit": limit.unit,
        "text": limit.text.to_dict(),
        "on_the_spot": limit.on_the_spot,
        "note": _text(limit.note),
        "extension": _limit(limit.extension),
        **_shown(limit.verified, limit.basis),
    }


def _promise(promise: Promise) -> Json:
    return {
        "told": [_said(said) for said in promise.told],
        "promised": [_said(said) for said in promise.promised],
        "consequences": _said(promise.consequences),
        "statutory_limit": _limit(promise.statutory),
        "promised_limit": _limit(promise.promised_limit),
        "check_limit": _limit(promise.check),
    }


def _said(said: Said) -> Json:
    return {"text": said.text.to_dict(), **_shown(said.verified, said.basis)}


def _fee(fee: Fee | None) -> Json | None:
    if fee is None:
        return None
    return {"charged": fee.charged, "text": fee.text.to_dict(), **_shown(fee.verified, fee.basis)}


def _material(material: Material) -> Json:
    return {
        "code": material.code,
        "name": material.name.to_dict(),
        "necessity": material.necessity,
        "necessity_name": material.necessity_name.to_dict(),
        "condition": _text(material.condition.text if material.condition else None),
        "form": material.form.to_dict(),
        "source": material.source.to_dict(),
        "source_kind": material.source_kind,
        "copies": material.copies,
        "note": _text(material.note),
        "accept": list(material.accept),
        "max_bytes": material.max_bytes,
        "max_pages": material.max_pages,
        "route": material.route,
        **_shown(material.verified, material.basis),
    }


def _step(step: Step) -> Json:
    return {
        "key": step.key,
        "name": step.name.to_dict(),
        "who": step.who.to_dict(),
        "department": _text(step.department),
        "limit": _limit(step.limit),
        "examined_by": [{"code": each.code, "name": each.name.to_dict()} for each in step.examined_by],
        "starts": step.starts,
        "ends": step.ends,
        "criteria": step.criteria.to_dict(),
        "result": step.result.to_dict(),
        "route": step.route,
        "on_site": step.on_site
        and {"least": step.on_site.least, **_shown(step.on_site.verified, step.on_site.basis)},
        **_shown(step.verified, step.basis),
    }


def _notice(notice: PublicNotice | None) -> Json | None:
    if notice is None:
        return None
    stops, objections = notice.stops_clocks, notice.objections
    return {
        "kind": notice.kind,
        "timing": notice.timing,
        "name": notice.name.to_dict(),
        "days": _limit(notice.days),
        "filing": _limit(notice.filing),
        "stops_clocks": stops and _shown(stops.verified, stops.basis),
        "promise": notice.promise
        and {
            "text": notice.promise.text.to_dict(),
            **_shown(notice.promise.verified, notice.promise.basis),
        },
        "objections": {
            "text": objections.text.to_dict(),
            "ends": notice.objection_ends,
            "advice": _text(notice.advice),
            **_shown(objections.verified, objections.basis),
        },
    }


def _outcome(outcome: Outcome | None) -> Json | None:
    if outcome is None:
        return None
    return {
        "name": outcome.name.to_dict(),
        "kind": outcome.kind.to_dict(),
        "validity": _text(outcome.validity),
        "validity_verified": outcome.validity_verified,
        "renewal": outcome.renewal
        and {
            "text": outcome.renewal.text.to_dict(),
            "apply_before": _limit(outcome.renewal.apply_before),
            "opens": _limit(outcome.renewal.opens),
            **_shown(outcome.renewal.verified, outcome.renewal.basis),
        },
        **_shown(outcome.verified, outcome.basis),
    }
