"""Making a calendar feed, giving it another address, and making its address void."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from facilities.production.machines.feeds.model import MachineFeed
from facilities.production.machines.policy import require_member, require_owner, visible_machine
from facilities.production.machines.queries import find_machine
from shared.errors import Conflict, PreconditionFailed
from shared.ids import new_id
from shared.text import Text
from shared.transaction import Transaction

_STANDS = Text("该日历订阅已存在，可更换其地址", "There is such a feed already; its address can be renewed")


def create(tx: Transaction, owner: str, machine_id: UUID | None) -> MachineFeed:
    """A feed of what the firm has booked, or of what is booked of a machine of its own.

    Raises Forbidden for others than members of the firm, Conflict where there is one.
    """
    require_member(tx.actor, owner)
    if machine_id is not None:
        machine = find_machine(tx.session, machine_id, visible_machine(tx.actor))
        require_owner(tx.actor, machine)
        owner = machine.owner
    made = MachineFeed(
        id=new_id(),
        owner=owner,
        machine_id=machine_id,
        serial=1,
        works=True,
        made_at=tx.now,
        changed_at=tx.now,
    )
    try:
        with tx.session.begin_nested():
            tx.session.add(made)
            tx.session.flush()
    except IntegrityError as error:
        raise Conflict(_STANDS, slug="feed-stands") from error
    tx.audit("machine-feed.created", "machine_feed", made.id, on_behalf_of=owner)
    return made


def renew(tx: Transaction, feed: MachineFeed) -> MachineFeed:
    """Another address; the one before is void."""
    return _change(tx, feed, "renewed", works=True)


def revoke(tx: Transaction, feed: MachineFeed) -> MachineFeed:
    """No address works any more, until it is renewed."""
    return _change(tx, feed, "revoked", works=False)


def _change(tx: Transaction, feed: MachineFeed, done: str, *, works: bool) -> MachineFeed:
    feed.serial += 1
    feed.works = works
    feed.changed_at = tx.now
    try:
        tx.session.flush()
    except StaleDataError as error:
        raise PreconditionFailed from error
    tx.audit(f"machine-feed.{done}", "machine_feed", feed.id, on_behalf_of=feed.owner)
    return feed
