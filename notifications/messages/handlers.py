"""What the inbox hears: every step of a case becomes a message to its applicant.

A date that moves also concerns the official who has claimed the case.
"""

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
    "procedure-started",
    "procedure-ended",
    "extended",
    "delivered",
    "revocation-proposed",
    "revocation-withdrawn",
    "revocation-dropped",
    "revoked",
)
REDATED = "redated"
OBJECTION = "objection-stated"


def tell_applicant(tx: Transaction, event: Event) -> None:
    """Word the step and put it into the applicant's inbox, with a link to the case."""
    _, _, aggregate, step, _ = event.type.split(".")
    wording = tx.resource(Catalogue).word(f"{aggregate}.{step}", case_facts(event.data))
    link = f"/applications/{event.data['case_id']}"
    tell(tx, event, event.data["applicant_account_id"], wording, link)


def tell_of_new_date(tx: Transaction, event: Event) -> None:
    """Tell the applicant, and the official who holds the claim where one does."""
    tell_applicant(tx, event)
    official = event.data["redating"]["claimed_by"]
    if official is not None:
        wording = tx.resource(Catalogue).word("claimed-case.redated", case_facts(event.data))
        tell(tx, event, official, wording, f"/desk/cases/{event.data['case_id']}")


def tell_of_objection(tx: Transaction, event: Event) -> None:
    """Tell the applicant that it has arrived, and the officials concerned that the holder has spoken."""
    tell_applicant(tx, event)
    wording = tx.resource(Catalogue).word("claimed-case.objection-stated", case_facts(event.data))
    for official in event.data["revocation"]["officials"]:
        tell(tx, event, official, wording, f"/desk/cases/{event.data['case_id']}")


def handlers() -> Mapping[str, EventHandler]:
    """Event type → function."""
    steps = {
        **dict.fromkeys(CASE_STEPS, tell_applicant),
        REDATED: tell_of_new_date,
        OBJECTION: tell_of_objection,
    }
    return {
        f"yuanban.{service}.case.{step}.v1": handler
        for service in CASE_SERVICES
        for step, handler in steps.items()
    }
