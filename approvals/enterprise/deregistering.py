"""Ending an enterprise (注销登记): its place in the register, its certificates, what must not run then."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from approvals.applications.given import require_facts
from approvals.cases.lifecycle import RUNNING_STATES
from approvals.cases.model import Case
from approvals.certificates.model import CertificateStatus
from approvals.certificates.queries import valid_of
from approvals.enterprise.model import CLOSED, Enterprise
from approvals.enterprise.register import tell
from approvals.items.catalogue import Catalogue
from approvals.items.model import Item
from shared.errors import Conflict
from shared.text import Text
from shared.transaction import Transaction

DEREGISTRATION = "simple-deregistration"

_RUNNING = Text(
    "该企业还有正在办理的申请，办结或者撤回后方可准予注销登记：{cases}",
    "Other applications of the enterprise are under way and have to end or be withdrawn first: {cases}",
)


def deregister(
    tx: Transaction,
    case: Case,
    item: Item,
    values: Mapping[str, Any],
) -> None:
    """The enterprise ends with the grant (市场主体登记管理条例 art. 31); no certificate is issued.

    Its business licence is cancelled, and so is every other certificate of it kept here: when a legal person
    has ended the licences it held shall be cancelled (行政许可法 art. 70(3)), which leaves nobody a choice.
    Raises Conflict when it is active no more, and while other applications of it run, naming them.
    """
    code = require_facts(tx, case)["uscc"]
    # Whoever hands in for it meanwhile holds the row in common (`register.facts_of`): either their case is
    # seen here, or they find the enterprise closed.
    enterprise = tx.session.get_one(Enterprise, code, with_for_update=True)
    _require_nothing_running(tx, case, code)
    enterprise.status = CLOSED
    ended = []
    for certificate in valid_of(tx.session, code):
        certificate.status = CertificateStatus.CANCELLED
        certificate.ended_at = tx.now
        ended.append(certificate.id)
    tx.session.flush()
    tx.audit("enterprise.closed", "enterprise", code, {"case": str(case.id), "certificates": ended})
    tell(tx, enterprise)


def _require_nothing_running(tx: Transaction, case: Case, code: str) -> None:
    others = sa.select(Case).where(
        Case.on_behalf_of == code, Case.id != case.id, Case.state.in_(RUNNING_STATES)
    )
    found = tx.session.scalars(others.order_by(Case.created_at, Case.id)).all()
    if not found:
        return
    catalogue = tx.resource(Catalogue)
    names = [(catalogue.of(other).name, other.number) for other in found]
    cases = Text(
        "、".join(f"{name.zh}（{number}）" if number else name.zh for name, number in names),
        ", ".join(f"{name.en} ({number})" if number else name.en for name, number in names),
    )
    raise Conflict(_RUNNING.format(cases=cases), slug="cases-running")
