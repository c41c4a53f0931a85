"""Letting the limits of a case have passed, where the clock cannot be moved."""

from datetime import timedelta
from uuid import UUID

from approvals.cases.deadline import Deadlines
from approvals.cases.model import Case, CaseFact
from approvals.items.catalogue import Catalogue
from shared.actor import SYSTEM
from shared.testing.systems import SystemUnderTest
from tests.integration.owner import lift_triggers

LONG_AGO = timedelta(days=60)


def let_limits_pass(system: SystemUnderTest, case_id: str) -> None:
    """As if the case had been received, accepted and looked at two months earlier."""
    with system.runtime("enterprise").transaction(SYSTEM) as tx:
        lift_triggers(tx.session, CaseFact.__tablename__)
        case = tx.session.get_one(Case, UUID(case_id))
        for fact in case.facts:
            fact.effective_on -= LONG_AGO
            fact.at = fact.at - LONG_AGO if fact.at else None
        item = tx.resource(Catalogue).of(case)
        tx.resource(Deadlines).refresh(tx.session, case, item, tx.today, now=tx.now)
