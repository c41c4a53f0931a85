"""What befalls an application for renewal (延续): begun, handed in, ended; and reminding the holder of it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from approvals.cases.announce import announce
from approvals.cases.model import Case
from approvals.certificates.model import Certificate
from approvals.items.catalogue import Catalogue
from approvals.items.model import Item
from approvals.renewals.model import Renewal, RenewalState
from approvals.renewals.policy import gone_by, hindrance, window
from approvals.renewals.queries import of_case, running_on
from approvals.renewals.window import reminders
from shared.clock import PARK_TZ
from shared.errors import FieldError, InvalidInput
from shared.text import Text
from shared.transaction import Transaction

LAPSE_TIMER = "renewal-lapse"
REMIND_TIMER = "renewal-reminder"
_REMIND_AT = time(9, 0)
_UNKNOWN = Text(
    "没有可由您申请延续的这一证照", "There is no such certificate of this item that you could renew"
)


def to_be_renewed(tx: Transaction, item: Item, certificate_id: str) -> Certificate:
    """The certificate that somebody wants to renew, locked: of two who begin at once one is too late.

    Raises InvalidInput for one that is not of this item or whose holder the actor does not belong to,
    Conflict (`not-renewable`, `renewal-too-early`, `renewal-running`) when it cannot be renewed now.
    """
    found = tx.session.get(Certificate, certificate_id, with_for_update=True)
    theirs = {membership.uscc for membership in tx.actor.memberships}
    origin = tx.session.get(Case, found.case_id) if found else None
    if found is None or origin is None or origin.item_code != item.code or found.holder_code not in theirs:
        raise InvalidInput(errors=[FieldError("/renews", "unknown", _UNKNOWN)])
    refused = hindrance(tx.session, tx.context, found, item, tx.today)
    if refused is not None:
        raise refused
    return found


def begin(tx: Transaction, case: Case, item: Item, certificate: Certificate) -> Renewal:
    """Keep that a draft asks for the renewal of a certificate, as `to_be_renewed` gave it."""
    found = window(tx.session, tx.context, certificate, item)
    if found is None:
        raise LookupError(f"item {item.code} renews nothing")
    renewal = Renewal(
        case_id=case.id,
        certificate_id=certificate.id,
        state=RenewalState.RUNNING,
        apply_by=found.apply_by,
    )
    tx.session.add(renewal)
    return renewal


def hand_in(tx: Transaction, case: Case, item: Item) -> None:
    """An application is handed in: if it renews, this is the day that counts, and the end is watched.

    Raises Conflict when the certificate has ended meanwhile: nothing is left to renew.
    """
    renewal = of_case(tx.session, case.id)
    if renewal is None:
        return
    certificate = tx.session.get_one(Certificate, renewal.certificate_id)
    gone = gone_by(certificate, tx.today)
    if gone is not None:
        raise gone
    found = window(tx.session, tx.context, certificate, item)
    if found is not None:
        renewal.apply_by = found.apply_by
    renewal.applied_on = tx.today
    if renewal.in_time and certificate.valid_until is not None:
        over = _at(certificate.valid_until + timedelta(days=1), time.min)
        tx.schedule(LAPSE_TIMER, str(case.id), over, {"case_id": str(case.id)})


def end(tx: Transaction, case: Case, state: RenewalState = RenewalState.ENDED) -> None:
    """The case ends: nothing runs any more that could count as granted."""
    renewal = of_case(tx.session, case.id)
    if renewal is not None:
        renewal.state = state
        tx.unschedule(LAPSE_TIMER, str(case.id))


def forget(tx: Transaction, case: Case) -> None:
    """A draft is thrown away."""
    renewal = of_case(tx.session, case.id)
    if renewal is not None:
        tx.session.delete(renewal)
        tx.session.flush()  # before the case that it refers to


def plan_reminders(tx: Transaction, item: Item, certificate: Certificate) -> None:
    """Have the holder reminded, on each of the days that the item's data names, at nine in the park."""
    terms = item.outcome.renewal if item.outcome else None
    found = window(tx.session, tx.context, certificate, item)
    if terms is None or found is None:
        return
    for day in reminders(terms, found):
        if day > tx.today:
            payload = {"certificate_id": certificate.id}
            tx.schedule(REMIND_TIMER, f"{certificate.id}/{day}", _at(day, _REMIND_AT), payload)


def remind(tx: Transaction, payload: Mapping[str, object]) -> None:
    """Remind the holder that a certificate will end, unless it has, or its renewal was applied for."""
    certificate = tx.session.get_one(Certificate, str(payload["certificate_id"]))
    running = running_on(tx.session, certificate.id)
    if gone_by(certificate, tx.today) is not None or (running is not None and running.applied_on):
        return
    case = tx.session.scalars(sa.select(Case).where(Case.id == certificate.case_id).with_for_update()).one()
    item = tx.resource(Catalogue).of(case)
    found = window(tx.session, tx.context, certificate, item)
    if found is None:
        return
    said = {
        "name": certificate.name,
        "number": certificate.number,
        "valid_until": found.last_day,
        "opens_on": found.opens_on,
        "apply_by": found.apply_by if tx.today <= found.apply_by else None,
    }
    tx.audit("case.renewal-due", "case", case.id, {"valid_until": found.last_day.isoformat()})
    announce(tx, case, item, "renewal-due", more={"expiring": said})


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, tzinfo=PARK_TZ)
