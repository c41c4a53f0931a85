"""What the gateway hears from other services."""

from uuid import UUID

from gateway.accounts.commands import create_organisation
from shared.messaging.envelope import Event
from shared.transaction import Transaction

ENTERPRISE_REGISTERED = "yuanban.enterprise.enterprise.registered.v1"


def enterprise_registered(tx: Transaction, event: Event) -> None:
    """A new enterprise: from now on its founder can act for it. One that is known may have a new name."""
    applicant = event.data.get("applicant_account_id")
    create_organisation(
        tx,
        uscc=str(event.data["uscc"]),
        name=str(event.data["name"]),
        administrator=UUID(str(applicant)) if applicant else None,
        sequence=event.sequence,
    )
