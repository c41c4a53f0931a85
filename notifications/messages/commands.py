"""Writing a message, and reading it."""

from uuid import UUID

import sqlalchemy as sa

from notifications.messages.model import Manager, Message
from notifications.messages.queries import own_message
from notifications.templates.catalogue import Wording
from shared.database import insert_if_absent
from shared.ids import new_id
from shared.messaging.envelope import Event
from shared.transaction import Transaction


def tell(tx: Transaction, event: Event, recipient: UUID, wording: Wording, link: str) -> bool:
    """Put a message into a person's inbox; False when this event has told them already."""
    return insert_if_absent(
        tx.session,
        Message,
        {
            "id": new_id(),
            "recipient": recipient,
            "event_id": event.id,
            "template": wording.template,
            "title": wording.title.to_dict(),
            "body": wording.body.to_dict(),
            "link": link,
            "created_at": event.time,
        },
    )


def copy_manager(tx: Transaction, event: Event) -> None:
    """Remember whether an account manages the park, unless what is known is newer."""
    account_id = event.data["account_id"]
    manages = "manager" in event.data["roles"]
    known = tx.session.get(Manager, account_id, with_for_update=True)
    if known is None:
        tx.session.add(Manager(account_id=account_id, sequence=event.sequence, manages=manages))
    elif known.sequence < event.sequence:
        known.sequence, known.manages = event.sequence, manages


def mark_read(tx: Transaction, message_id: UUID) -> Message:
    """Remember when the actor first read their message; NotFound when it is not theirs.

    Written only where it is still unread, so that two clicks at once keep the first moment.
    """
    unread = sa.update(Message).where(
        Message.id == message_id, Message.recipient == tx.actor.id, Message.read_at.is_(None)
    )
    reading = unread.values(read_at=tx.now).returning(Message.id)
    if tx.session.scalar(reading) is not None:
        tx.audit("message.read", "message", message_id)
    return own_message(tx.session, tx.actor, message_id)
