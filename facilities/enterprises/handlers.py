"""What a facilities service hears about enterprises."""

from collections.abc import Mapping

from facilities.enterprises.commands import replace_copy
from shared.messaging.envelope import Event
from shared.service import EventHandler
from shared.transaction import Transaction


def keep_copy(tx: Transaction, event: Event) -> None:
    """Replace the copy by what the event says, unless ours is newer."""
    replace_copy(tx, event)


def handlers() -> Mapping[str, EventHandler]:
    """Event type → function."""
    return {"yuanban.enterprise.enterprise.registered.v1": keep_copy}
