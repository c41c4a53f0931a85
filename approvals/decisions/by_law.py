"""Renewal by operation of law (视为准予延续): nobody decided before the certificate ended.

行政许可法 art. 50(2): the authority decides on the application before the end of validity; where it has made
no decision by then, the renewal counts as granted. Its words know no exception: a special procedure whose
time does not count (art. 45) and an extension (art. 42) move the limit of the decision, not this day.

It needs an application that was made in time (`approvals.renewals.window`) and was before the authority when
the certificate ended: while a correction notice waits for its answer it is the applicant who has to act.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from approvals.applications.commands import INTAKE_TIMER
from approvals.applications.given import Register
from approvals.cases.announce import announce
from approvals.cases.clock import FactKind
from approvals.cases.deadline import Deadlines
from approvals.cases.lifecycle import OPEN_STATES
from approvals.cases.model import Case
from approvals.cases.record import Fact, record
from approvals.certificates.model import Certificate, CertificateStatus
from approvals.decisions.commands import grant, renewal_rows
from approvals.documents.issuing import issue_slip
from approvals.documents.slips import SlipKind
from approvals.extensions import commands as extensions
from approvals.intake.commands import handed_in_at
from approvals.intake.commands import settle as settle_intake
from approvals.items.catalogue import Catalogue
from approvals.items.model import Item
from approvals.notices import commands as notices
from approvals.notices.model import StopReason
from approvals.procedures import commands as procedures
from approvals.renewals import commands as renewals
from approvals.renewals.model import RenewalState
from approvals.renewals.queries import of_case
from approvals.tasks import commands as tasks
from approvals.tasks.model import TaskKind
from shared.actor import SYSTEM
from shared.calendar import say_date
from shared.clock import local_date
from shared.text import Text
from shared.transaction import Transaction

_DEEMED = Text(
    "有效期届满（{end}）前未作出是否准予延续的决定，依法视为准予延续（行政许可法第五十条第二款）",
    "No decision was made before the end of validity ({end}): the renewal counts as granted by law "
    "(Administrative Licensing Law, art. 50, para. 2)",
)


def lapse(tx: Transaction, payload: Mapping[str, object]) -> None:
    """The timer of the day after the end of validity."""
    case_id = UUID(str(payload["case_id"]))
    case = tx.session.scalar(sa.select(Case).where(Case.id == case_id).with_for_update())
    if case is not None:
        settle(tx, case, tx.resource(Catalogue).of(case))


def settle(tx: Transaction, case: Case, item: Item) -> None:
    """Apply all that time has already decided about the case, locked: its acceptance, its renewal.

    Every verb settles first, so that nobody can refuse what has been granted by law; the timers only make
    sure that somebody does.
    """
    settle_intake(tx, case, item)
    old = _lapsed(tx, case)
    if old is not None:
        _renew(replace(tx, actor=SYSTEM), case, item, *old)


def _lapsed(tx: Transaction, case: Case) -> tuple[Certificate, date] | None:
    """The certificate that ended without a decision on its renewal, and its last day."""
    renewal = of_case(tx.session, case.id) if case.state in OPEN_STATES else None
    if renewal is None or renewal.state is not RenewalState.RUNNING or not renewal.in_time:
        return None
    old = tx.session.get_one(Certificate, renewal.certificate_id)
    end = old.valid_until
    if end is None or tx.today <= end or old.status != CertificateStatus.VALID:
        return None
    if _waited_for_the_applicant(case, end):
        return None
    if tx.resource(Register).facts_of(tx.session, old.holder_code) is None:
        return None  # its holder is no more (art. 70): there is nobody to renew it for
    return old, end


def _waited_for_the_applicant(case: Case, end: date) -> bool:
    return any(
        local_date(notice.requested_at) <= end
        and (notice.answered_at is None or local_date(notice.answered_at) > end)
        for notice in case.corrections
    )


def _renew(tx: Transaction, case: Case, item: Item, old: Certificate, end: date) -> None:
    on = end + timedelta(days=1)
    facts = [Fact(FactKind.DECIDED, on)]
    if case.accepted_at is None:
        # Who counts as having granted it counts as having taken it up.
        received_at = handed_in_at(case)
        facts.insert(0, Fact(FactKind.DEEMED_ACCEPTED, local_date(received_at), at=received_at))
        case.accepted_at = tx.now
        tx.unschedule(INTAKE_TIMER, str(case.id))
    tasks.cancel_live(tx, case)
    extensions.lapse(tx, case)
    procedures.break_off(tx, case)
    if item.public_notice is not None:
        notices.stop(tx, case, StopReason.CASE_ENDED)
    record(
        tx,
        case,
        item,
        "deemed_renewed",
        office="system",
        effective_on=on,
        facts=facts,
        detail=_DEEMED.format(end=say_date(end)),
    )
    case.ended_at = tx.now
    certificate = grant(tx, case, item)
    if certificate is None:
        raise LookupError(f"item {item.code} renews what it does not issue")
    renewals.end(tx, case, RenewalState.BY_LAW)
    delivery = tx.resource(Deadlines).reckon_delivery(tx.session, case, item, tx.today)
    if delivery is not None:
        tasks.open_task(tx, case, TaskKind.DELIVERY, delivery)
    rows = renewal_rows(tx, certificate)
    issue_slip(
        tx,
        case,
        item,
        SlipKind.DEEMED_RENEWAL,
        due_on=delivery.due_on if delivery else None,
        rows=[*rows, (Text("视为准予延续之日", "Granted by law on"), say_date(on).zh)],
    )
    tx.audit("case.deemed-renewed", "case", case.id, {"renews": old.id, "certificate": certificate.id})
    said = {
        "certificate_id": certificate.id,
        "name": certificate.name,
        "number": certificate.number,
        "previous_valid_until": end,
        "valid_from": certificate.valid_from,
        "valid_until": certificate.valid_until,
    }
    announce(tx, case, item, "deemed-renewed", more={"renewed": said})
