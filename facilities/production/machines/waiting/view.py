"""Who waits for machines, as the two sides see it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from facilities.capacity.waiting.model import WAIT_STATE_NAMES, WaitState
from facilities.enterprises.queries import firm_names
from facilities.production.machines.policy import firms_of
from facilities.production.machines.queries import machines_by_id
from facilities.production.machines.waiting.commands import Waits
from facilities.production.machines.waiting.queries import Wanted
from shared.actor import Actor

Json = dict[str, Any]


def entries_out(session: Session, found: Sequence[Waits], reader: Actor) -> list[Json]:
    """Entries in a list; two queries for all their names."""
    machines = machines_by_id(session, [each.kept.machine_id for each in found])
    firms = firm_names(
        session, sorted({code for each in found for code in (each.kept.customer, each.kept.owner)})
    )
    own = firms_of(reader)
    return [
        {
            "id": str(entry.id),
            "machine_id": str(kept.machine_id),
            "machine_name": machines[kept.machine_id].name,
            "customer": kept.customer,
            "customer_name": firms[kept.customer],
            "owner": kept.owner,
            "owner_name": firms[kept.owner],
            "starts_at": entry.starts_at.isoformat(),
            "ends_at": entry.ends_at.isoformat(),
            "quantity": entry.quantity,
            "with_operator": kept.with_operator,
            "pieces": kept.pieces,
            "purpose": kept.purpose,
            "state": entry.state.value,
            "state_name": WAIT_STATE_NAMES[entry.state].to_dict(),
            "joined_at": entry.created_at.isoformat(),
            "expires_at": entry.expires_at.isoformat(),
            "booking_id": str(entry.booking_id) if entry.booking_id else None,
            "actions": ["leave"] if entry.state is WaitState.WAITING and kept.customer in own else [],
        }
        for entry, kept in ((each.entry, each.kept) for each in found)
    ]


def wanted_out(found: Sequence[Wanted]) -> Json:
    """For which times firms wait."""
    return {
        "items": [
            {
                "starts_at": each.starts_at.isoformat(),
                "ends_at": each.ends_at.isoformat(),
                "waiting": each.waiting,
                "quantity": each.quantity,
            }
            for each in found
        ],
        "waiting": sum(each.waiting for each in found),
    }
