"""What the templates may say of a pass: the fields of its events, flattened. Plates come masked."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from notifications.messages.facts import clause
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
