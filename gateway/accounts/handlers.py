"""What the gateway hears from other services."""

from uuid import UUID

from gateway.accounts.commands import close_organisation, create_organisation
from shared.messaging.envelope import Event
from shared.transaction import Transaction

_CLOSED = "closed"
ENTERPRISE_REGISTERED = "yuanban.enterprise.enterprise.registered.v1"


def enterprise_registered(tx: Transaction, event: Event) -> None:
    """A new enterprise: from now on its founder can act for it. One that is known may have a new name.

    A closed one: from now on nobody can. It is closed for good, so it does not matter in which order the two
    are heard.
    """
    applicant = event.data.get("applicant_account_id")
    organisation = create_organisation(
        tx,
        uscc=str(event.data["uscc"]),
        name=str(event.data["name"]),
        administrator=UUID(str(applicant)) if applicant else None,
        sequence=event.sequence,
    )
    if event.data.get("status") == _CLOSED:
        close_organisation(tx, organisation)
