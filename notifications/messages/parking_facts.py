"""What the templates may say of parking: the fields of its events, flattened. Plates come masked."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from notifications.messages.booking_facts import moment_said, span_said
from notifications.messages.facts import clause, yuan
from shared.text import Text


def pass_facts(data: Mapping[str, Any]) -> dict[str, object]:
    """The facts in the data of a pass's event, as its contract has loaded it."""
    until = data["until"]
    return {
        "lot": Text.of(data["lot_name"]),
        "zone": Text.of(data["zone_name"]),
        "plates": Text("、".join(data["plates"]), ", ".join(data["plates"])),
        "since": data["since"],
        "until": until,
        "good_until": None if until is None else until + timedelta(days=data["grace_days"]),
        "valid": data["state"] == "active",
        "reason": clause(data["reason"]),
    }


def payment_facts(data: Mapping[str, Any]) -> dict[str, object]:
    """The same of money that came in or was given back."""
    return {"amount_yuan": yuan(abs(data["fen"])), "subject": data["subject"]}


def charge_facts(data: Mapping[str, Any]) -> dict[str, object]:
    """The same of a car that stands on at a charging point."""
    return {
        "lot": Text.of(data["lot_name"]),
        "bay": data["bay"],
        "plate": data["plate"],
        "ended_at": moment_said(data["ended_at"]),
        "free_until": moment_said(data["free_until"]),
        "grace": data["free_until"] > data["ended_at"],
        "unit_minutes": data["unit_minutes"],
        "unit_yuan": yuan(data["unit_fen"]),
        "cap_yuan": yuan(data["cap_fen"]),
    }


def reservation_facts(data: Mapping[str, Any]) -> dict[str, object]:
    """The same of a booking that is a reservation of a bay."""
    return {"time": span_said(data["starts_at"], data["ends_at"])}
