"""Suspending the business of an enterprise (停业) and resuming it (恢复营业), as the register notes it.

Whoever keeps a copy of the register hears of it: what rests on the enterprise doing business ends there, such
as its bookings of shared machines. How long a suspension may last is not for the platform to say.
"""

import sqlalchemy as sa

from approvals.enterprise.model import ACTIVE, SUSPENDED, Enterprise
from approvals.enterprise.register import tell
from approvals.enterprise.standing.model import StandingEntry
from approvals.enterprise.standing.policy import require_registrar
from approvals.items.catalogue import Catalogue
from shared.errors import Conflict, FieldError, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

_REASON = Text("请写明原因", "Give the reason")
_NOT_ACTIVE = Text(
    "该企业不在营业状态，不能登记停业", "The enterprise is not active, so it cannot be suspended"
)
_NOT_SUSPENDED = Text("该企业没有停业，不能恢复营业", "The enterprise is not suspended, so it cannot resume")


def suspend(tx: Transaction, enterprise: Enterprise, reason: str) -> Enterprise:
    """Note that an active enterprise does no business for now.

    Raises Forbidden for others than deciders of the registration authority, InvalidInput without a reason,
    Conflict unless it is active.
    """
    _require(tx, reason)
    if enterprise.status != ACTIVE:
        raise Conflict(_NOT_ACTIVE, slug="not-active")
    return _enter(tx, enterprise, SUSPENDED, reason, "enterprise.suspended")


def resume(tx: Transaction, enterprise: Enterprise, reason: str) -> Enterprise:
    """Note that a suspended enterprise does business again. What has ended meanwhile stays ended.

    Raises as `suspend` does; Conflict unless it is suspended.
    """
    _require(tx, reason)
    if enterprise.status != SUSPENDED:
        raise Conflict(_NOT_SUSPENDED, slug="not-suspended")
    return _enter(tx, enterprise, ACTIVE, reason, "enterprise.resumed")


def _require(tx: Transaction, reason: str) -> None:
    require_registrar(tx.actor, tx.resource(Catalogue), tx.today)
    if not reason.strip():
        raise InvalidInput(errors=[FieldError("/reason", "required", _REASON)])


def _enter(tx: Transaction, enterprise: Enterprise, status: str, reason: str, deed: str) -> Enterprise:
    last = sa.select(sa.func.max(StandingEntry.number)).where(StandingEntry.uscc == enterprise.uscc)
    enterprise.status = status
    tx.session.add(
        StandingEntry(
            uscc=enterprise.uscc,
            number=(tx.session.scalar(last) or 0) + 1,
            status=status,
            reason=reason.strip(),
            entered_at=tx.now,
            entered_by=tx.actor.id,
            entered_name=tx.actor.name,
        )
    )
    tx.session.flush()
    tx.audit(deed, "enterprise", enterprise.uscc, on_behalf_of=enterprise.uscc)
    tell(tx, enterprise)
    return enterprise
