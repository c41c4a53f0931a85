"""Whether a certificate can be renewed now."""

from datetime import date

from sqlalchemy.orm import Session

from approvals.cases.deadline import Deadlines
from approvals.certificates.model import Certificate, CertificateStatus
from approvals.certificates.queries import standing
from approvals.items.model import Item
from approvals.renewals.queries import running_on
from approvals.renewals.window import Moment, Window, window_of
from shared.calendar import say_date
from shared.errors import Conflict
from shared.text import Text
from shared.transaction import Context

_NO_RENEWAL = Text("该事项的证照不能在线延续", "What this item issues cannot be renewed here")
_ENDED = Text(
    "该证照已失效或者已被延续，不能再申请延续；需要的请重新申请",
    "This certificate is no longer valid or was renewed before; apply for a new one where needed",
)
_EARLY = Text("自{day}起可以申请延续", "Its renewal can be applied for from {day} on")
_RUNNING = Text("已有延续该证照的申请", "There is an application for its renewal already")


def window(session: Session, context: Context, certificate: Certificate, item: Item) -> Window | None:
    """When the certificate can be renewed; None where the item renews nothing."""
    renewal = item.outcome.renewal if item.outcome else None
    calendar = context.resources.get(Deadlines).calendar_of(session)
    return window_of(renewal, certificate.valid_until, calendar)


def hindrance(
    session: Session, context: Context, certificate: Certificate, item: Item, today: date
) -> Conflict | None:
    """What stands in the way of an application for renewal on the legal date `today`."""
    found = window(session, context, certificate, item)
    if found is None or not item.online:
        return Conflict(_NO_RENEWAL, slug="not-renewable")
    gone = gone_by(certificate, today)
    if gone is not None:
        return gone
    if running_on(session, certificate.id) is not None:
        return Conflict(_RUNNING, slug="renewal-running")
    if found.moment(today) is Moment.EARLY and found.opens_on is not None:
        return Conflict(_EARLY.format(day=say_date(found.opens_on)), slug="renewal-too-early")
    return None


def gone_by(certificate: Certificate, today: date) -> Conflict | None:
    """That nothing is left to renew: it has ended in whatever way, or its renewal was granted."""
    if standing(certificate, today) != CertificateStatus.VALID or certificate.replaced_by is not None:
        return Conflict(_ENDED, slug="not-renewable")
    return None
