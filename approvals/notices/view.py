"""A public notice as everybody may read it, and its objections for those who may."""

from typing import Any

from approvals.items.model import Item
from approvals.notices.model import NOTICE_NAMES, OUTCOME_NAMES, STANDING_NAMES, Objection, PublicNotice
from shared.cipher import Cipher


def summary(notice: PublicNotice, item: Item, objections: list[Objection]) -> dict[str, Any]:
    """A notice as a line of a list: that somebody has objected, not who."""
    wanted = item.public_notice
    return {
        "id": str(notice.id),
        "kind": notice.kind,
        "timing": notice.timing,
        "name": (wanted.name if wanted else item.name).to_dict(),
        "number": notice.number,
        "item": {"code": item.code, "slug": item.slug, "name": item.name.to_dict()},
        "department": {"code": item.department.code, "name": item.department.name.to_dict()},
        "subject_name": notice.subject_name,
        "state": notice.state.value,
        "state_name": NOTICE_NAMES[notice.state].to_dict(),
        "published_on": notice.published_on.isoformat(),
        "last_on": notice.last_on.isoformat(),
        "provisional": notice.provisional,
        "file_until": notice.file_until.isoformat() if notice.file_until else None,
        "file_provisional": notice.file_provisional,
        "ended_on": notice.ended_on.isoformat() if notice.ended_on else None,
        "stop_reason": notice.stop_reason.value if notice.stop_reason else None,
        "objected": any(each.notice_id == notice.id for each in objections),
    }


def whole(notice: PublicNotice, item: Item, objections: list[Objection]) -> dict[str, Any]:
    """A notice with what it shows and how to object."""
    wanted = item.public_notice
    rule = wanted.objections if wanted else None
    return {
        **summary(notice, item, objections),
        "facts": notice.shown["facts"],
        "promise": notice.shown["promise"],
        "days": wanted.days.text.to_dict() if wanted else None,
        "basis": wanted.days.basis.to_dict() if wanted and wanted.days.basis else None,
        "objections": rule
        and {
            "text": rule.text.to_dict(),
            "basis": rule.basis.to_dict() if rule.basis else None,
            "ends": bool(wanted and wanted.objection_ends),
            "answered": bool(wanted and wanted.answered_in),
        },
    }


def own(objection: Objection | None, cipher: Cipher) -> dict[str, Any] | None:
    """An objection as whoever lodged it may read it: what they said, and what was found."""
    if objection is None:
        return None
    kept = (
        "standing",
        "standing_name",
        "lodged_at",
        "reason",
        "outcome",
        "outcome_name",
        "answer",
        "answered_at",
    )
    said = opened(objection, cipher)
    return {key: said[key] for key in kept}


def of_case(notice: PublicNotice, item: Item, objections: list[Objection]) -> dict[str, Any]:
    """The notice in the case file: with as what others object, which the applicant is told too."""
    wanted = item.public_notice
    return {
        **summary(notice, item, objections),
        "advice": wanted.advice.to_dict() if wanted and wanted.advice else None,
        "objections": [
            {
                "standing": each.standing.value,
                "standing_name": STANDING_NAMES[each.standing].to_dict(),
                "lodged_at": each.lodged_at.isoformat(),
            }
            for each in objections
            if each.notice_id == notice.id
        ],
    }


def opened(objection: Objection, cipher: Cipher) -> dict[str, Any]:
    """An objection with who lodged it and why, for those whose task it is."""
    said = cipher.open(objection.sealed)
    return {
        "id": str(objection.id),
        "notice_id": str(objection.notice_id),
        "standing": objection.standing.value,
        "standing_name": STANDING_NAMES[objection.standing].to_dict(),
        "lodged_at": objection.lodged_at.isoformat(),
        "name": said["name"],
        "reason": said["reason"],
        "contact": said["contact"],
        "account": said["account"],
        "outcome": objection.outcome.value if objection.outcome else None,
        "outcome_name": OUTCOME_NAMES[objection.outcome].to_dict() if objection.outcome else None,
        "answer": cipher.open(objection.answer_sealed)["text"] if objection.answer_sealed else None,
        "answered_at": objection.answered_at.isoformat() if objection.answered_at else None,
        "answered_by": objection.answered_name,
    }
