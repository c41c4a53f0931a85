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
    procedure: Mapping[str, Any] = data.get("procedure") or {}
    extension: Mapping[str, Any] = data.get("extension") or {}
    delivery: Mapping[str, Any] = data.get("delivery") or {}
    expiring: Mapping[str, Any] = data.get("expiring") or {}
    renewed: Mapping[str, Any] = data.get("renewed") or {}
    certificate = expiring or renewed or data.get("filing") or {}
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
        "procedure_name": Text.of(procedure["name"]) if procedure else None,
        "procedure_reason": _clause(procedure.get("reason")),
        "procedure_days": procedure.get("expected_days"),
        "procedure_end_on": procedure.get("expected_end_on"),
        "procedure_ended_on": procedure.get("ended_on"),
        "procedures_running": data.get("running"),
        "extension_amount": Text.of(extension["amount"]) if extension else None,
        "extension_reason": _clause(extension.get("reason")),
        "statutory_due_on": extension.get("due_on") or data.get("statutory_due_on"),
        "statutory_provisional": extension.get("provisional") or data.get("statutory_provisional"),
        "delivery_method": Text.of(delivery["method_name"]) if delivery else None,
        "delivered_on": delivery.get("delivered_on"),
        "certificate_name": Text.of(certificate["name"]) if certificate else None,
        "certificate_number": certificate.get("number"),
        "valid_from": renewed.get("valid_from"),
        "valid_until": certificate.get("valid_until"),
        "previous_valid_until": renewed.get("previous_valid_until"),
        "apply_by": expiring.get("apply_by"),
    }


def _clause(reason: str | None) -> str | None:
    """An official's free text without its own full stop, so that it fits into a sentence of ours."""
    return (reason or "").strip().rstrip("。.；;") or None
