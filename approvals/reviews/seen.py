"""What an opinion has seen: the versions of the papers and of the answers as they were when it was given."""

import hashlib
from typing import Any

from approvals.cases.model import Case


def snapshot(case: Case) -> dict[str, Any]:
    """The version of each material, and a digest that tells these answers from others."""
    return {
        "materials": {material.code: material.version for material in case.materials},
        "answers": _digest(case),
    }


def changed_since(case: Case, seen: dict[str, Any]) -> tuple[bool, list[str]]:
    """Whether the answers are others now, and the materials that are; nothing of what was not recorded."""
    now = {material.code: material.version for material in case.materials}
    before: dict[str, int] = seen.get("materials", now)
    others = sorted(code for code in now.keys() | before.keys() if now.get(code) != before.get(code))
    return seen.get("answers", _digest(case)) != _digest(case), others


def _digest(case: Case) -> str:
    # Of what is stored: sealing the same words twice gives other bytes, so nobody can try words out on it.
    return hashlib.sha256(case.answers_sealed).hexdigest()
