"""Every act on a case has a name on the page of its audit trail, and every name an act."""

import ast
from pathlib import Path

from gateway.portal.audit_trail import NAMES

ROOT = Path(__file__).parents[2]


def _acts_on_cases() -> set[str]:
    """What `audit` is called with anywhere in the approval engine."""
    found = set()
    for source in (ROOT / "approvals").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="audit"),
                    args=[ast.Constant(value=str(act)), ast.Constant(value="case"), *_],
                ):
                    found.add(act)
    return found


def test_every_act_on_a_case_has_a_name_for_people() -> None:
    acts = _acts_on_cases()
    assert len(acts) > 50
    assert acts == set(NAMES)
