"""Renewals (延续) as the readers of a case see them: of the certificate it issued, and the one it renews."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from approvals.cases.lifecycle import State
from approvals.cases.model import Case
from approvals.certificates.model import Certificate
from approvals.items.catalogue import Catalogue
from approvals.renewals.policy import gone_by, hindrance, window
from approvals.renewals.queries import of_case, running_on
from shared.text import Text
from shared.transaction import Context


def renewable_view(
    session: Session, context: Context, case: Case, certificate: Certificate, today: date
) -> dict[str, Any] | None:
    """When the certificate of a case can be renewed, by the version of its item that is in force."""
    item = context.resources.get(Catalogue).in_force(case.item_code, today)
    found = window(session, context, certificate, item) if item else None
    if item is None or found is None or gone_by(certificate, today) is not None:
        return None
    running = running_on(session, certificate.id)
    return {
        "opens_on": found.opens_on and found.opens_on.isoformat(),
        "apply_by": found.apply_by.isoformat(),
        "in_time": today <= found.apply_by,
        "now": hindrance(session, context, certificate, item, today) is None,
        "running": running and str(running.case_id),
    }


def renews_view(session: Session, case: Case, today: date) -> dict[str, Any] | None:
    """The certificate that a case asks to renew; None of every other case."""
    renewal = of_case(session, case.id)
    if renewal is None:
        return None
    old = session.get_one(Certificate, renewal.certificate_id)
    draft = case.state is State.DRAFT
    return {
        "certificate_id": old.id,
        "name": Text.of(old.name).to_dict(),
        "number": old.number,
        "valid_until": old.valid_until and old.valid_until.isoformat(),
        "apply_by": renewal.apply_by.isoformat(),
        "in_time": today <= renewal.apply_by if draft else renewal.in_time,
        "state": renewal.state.value,
    }
