"""Filings (备案): recorded as they are handed in, when everything is there; nobody decides.

A filing is no licence. Where a law has something filed, being complete is all it takes, and the filing is
closed in the transaction that received it (即办); no clock runs. Which items are filings is their own data.
"""

from approvals.applications.commands import handed_in_names
from approvals.cases.announce import announce
from approvals.cases.model import Case
from approvals.cases.record import record
from approvals.decisions.commands import grant
from approvals.documents.issuing import issue_slip
from approvals.documents.slips import SlipKind
from approvals.items.model import Item
from approvals.renewals import commands as renewals
from approvals.renewals.model import RenewalState
from shared.text import Text
from shared.transaction import Transaction


def file(tx: Transaction, case: Case, item: Item) -> None:
    """Record what was just handed in, give it its number and a receipt, and close the case."""
    record(tx, case, item, "filed", office="system")
    case.ended_at = tx.now
    certificate = grant(tx, case, item)
    if certificate is None:
        raise LookupError(f"item {item.code}: a filing without a number to show for it")
    renewals.end(tx, case, RenewalState.GRANTED)
    issue_slip(
        tx,
        case,
        item,
        SlipKind.FILING_RECEIPT,
        items=handed_in_names(case, item),
        legal_basis=item.grant.basis if item.grant else None,
        due_on=None,
        rows=[(Text("备案编号", "Filing No."), certificate.number)],
    )
    tx.audit("case.filed", "case", case.id, {"certificate": certificate.id}, case.on_behalf_of)
    said = {"certificate_id": certificate.id, "name": certificate.name, "number": certificate.number}
    announce(tx, case, item, "filed", more={"filing": said})
