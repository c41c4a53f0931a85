"""What the inbox hears: every step of a case becomes a message to its applicant."""

from collections.abc import Mapping

from notifications.messages.commands import tell
from notifications.messages.facts import case_facts
from notifications.templates.catalogue import Catalogue
from shared.messaging.envelope import Event
from shared.service import EventHandler
from shared.transaction import Transaction

CASE_SERVICES = ("enterprise",)
CASE_STEPS = (
    "submitted",
    "correction-requested",
    "correction-answered",
    "accepted",
    "declined",
    "reviewed",
    "decided",
    "withdrawn",
)


def tell_applicant(tx: Transaction, event: Event) -> None:
    """Word the step and put it into the applicant's inbox, with a link to the case."""
    _, _, aggregate, step, _ = event.type.split(".")
    wording = tx.resource(Catalogue).word(f"{aggregate}.{step}", case_facts(event.data))
    link = f"/applications/{event.data['case_id']}"
    tell(tx, event, event.data["applicant_account_id"], wording, link)


def handlers() -> Mapping[str, EventHandler]:
    """Event type → function."""
    return {
        f"yuanban.{service}.case.{step}.v1": tell_applicant
        for service in CASE_SERVICES
        for step in CASE_STEPS
    }
