"""The opinions on a case as officials see them, with what each was bound to."""

from typing import Any

from sqlalchemy.orm import Session

from approvals.cases.model import Case
from approvals.items.examination import body_name, review_stages
from approvals.items.model import Item
from approvals.reviews.commands import CONCLUSIONS, opinions_on
from approvals.reviews.seen import changed_since
from shared.text import Text


def opinions_view(session: Session, case: Case, item: Item) -> list[dict[str, Any]]:
    """Every opinion with what it is bound to, oldest first."""
    stages = {stage.key: stage.name for stage in review_stages(item) if stage.key}
    return [
        {
            "kind": "review",
            "conclusion": opinion.conclusion,
            "conclusion_name": CONCLUSIONS[opinion.conclusion].to_dict(),
            "text": opinion.text,
            "official": opinion.official_name,
            "at": opinion.at.isoformat(),
            "checks": opinion.checks,
            "inspection": opinion.inspection,
            "case_version": opinion.case_version,
            "department": opinion.department,
            "department_name": (body_name(item, opinion.department) or Text.same("")).to_dict(),
            "stage": opinion.stage,
            "stage_name": stages[opinion.stage].to_dict() if opinion.stage in stages else None,
            "seen": _seen(case, item, opinion.seen),
        }
        for opinion in opinions_on(session, case)
    ]


def _seen(case: Case, item: Item, seen: dict[str, Any]) -> dict[str, Any]:
    answers, others = changed_since(case, seen)
    versions: dict[str, int] = seen.get("materials", {})
    return {
        "materials": [
            {"code": spec.code, "name": spec.name.to_dict(), "version": versions[spec.code]}
            for spec in item.materials
            if spec.code in versions
        ],
        "answers_changed": answers,
        "materials_changed": others,
    }
