"""What the templates may say of a case: the fields of its events, flattened."""

from collections.abc import Mapping
from typing import Any

from shared.text import Text


def case_facts(data: Mapping[str, Any]) -> dict[str, object]:
    """The facts in the data of a case event, as its contract has loaded it."""
    decision: Mapping[str, Any] = data["decision"] or {}
    correction: Mapping[str, Any] = data["correction"] or {}
    decline: Mapping[str, Any] = data["decline"] or {}
    redating: Mapping[str, Any] = data.get("redating") or {}
    previous = redating.get("previous_due_on")
    return {
        "number": data["number"],
        "item_name": Text.of(data["item_name"]),
        "subject_name": data["subject_name"],
        "state": data["state"],
        "state_name": Text.of(data["state_name"]),
        "submitted_on": data["submitted_on"],
        "due_on": data["due_on"],
        "due_kind": data["due_kind"],
        "provisional": data["provisional"],
        "granted": decision.get("granted"),
        "decision_reason": _clause(decision.get("reason")),
        "certificate_id": decision.get("certificate_id"),
        "uscc": decision.get("uscc"),
        "correction_round": correction.get("round"),
        "correction_count": correction.get("count"),
        "decline_kind": decline.get("kind"),
        "decline_reason": _clause(decline.get("reason")),
        "previous_due_on": previous,
        "date_moved": None if previous is None else previous != data["due_on"],
        "notice_title": Text.of(redating["notice"]["title"]) if redating else None,
    }


def _clause(reason: str | None) -> str | None:
    """An official's free text without its own full stop, so that it fits into a sentence of ours."""
    return (reason or "").strip().rstrip("。.；;") or None
