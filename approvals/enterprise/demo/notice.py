"""The demo park's running public notice, on a company that one of its people has set up."""

from datetime import datetime, time

import sqlalchemy as sa

from approvals.applications import commands as applications
from approvals.applications.publishing import publish_notice
from approvals.applications.starting import start
from approvals.cases.deadline import Deadlines
from approvals.cases.model import NumberSeries
from approvals.documents import materials
from approvals.enterprise.demo.cases import papers_for, people
from approvals.enterprise.deregistering import DEREGISTRATION
from approvals.enterprise.model import ACTIVE, Enterprise
from approvals.items.catalogue import Catalogue
from shared.actor import SYSTEM, Actor, Membership
from shared.clock import PARK_TZ, ManualClock
from shared.database import insert_if_absent
from shared.ids import new_id
from shared.service import Runtime

_MARK = "demo/notice"
_BY = "agent2"
_AGO = 2
"""Working days since it was published."""


def enter_notice(runtime: Runtime) -> None:
    """Publish it once; a second call finds it published."""
    with runtime.transaction(SYSTEM) as tx:
        if not insert_if_absent(tx.session, NumberSeries, {"name": _MARK, "last": 1}):
            return
        owner = people()[_BY]
        founded = sa.select(Enterprise.uscc, Enterprise.name).where(
            Enterprise.applicant_account_id == owner.id, Enterprise.status == ACTIVE
        )
        found = tx.session.execute(founded.order_by(Enterprise.uscc)).first()
        calendar = tx.resource(Deadlines).calendar_of(tx.session)
        day = tx.today
    if found is None:
        return
    for _ in range(_AGO):
        day = calendar.previous_working_day(day)
    clock = ManualClock(datetime.combine(day, time(10), tzinfo=PARK_TZ))
    past = Runtime(runtime.service, runtime.settings, runtime.contracts, clock)
    _publish(past, _member(owner, found.uscc, found.name))
    past.close()


def _publish(past: Runtime, member: Actor) -> None:
    item = past.context.resources.get(Catalogue).item(DEREGISTRATION, past.clock.today())
    papers = papers_for(past, item)
    with past.transaction(member) as tx:
        case = start(tx, item.code, member.memberships[0].uscc)
        declarations = item.form.section("declarations")
        declared = {field.name: "true" for field in declarations.fields} if declarations else {}
        answers = {
            "declarations": declared,
            "investors": {"promise_signed": "true", "rows": [{"name": "示范股东甲"}, {"name": "示范股东乙"}]},
            "contact": {"name": "示范联络员丁", "mobile": "13800000004"},
        }
        applications.save_answers(tx, case, item, answers)
        for code, paper in papers.items():
            materials.hand_in(tx, case, item, code, found=paper, seen_version=None)
        publish_notice(tx, case, item, declaration=True)


def _member(owner: Actor, uscc: str, name: str) -> Actor:
    membership = Membership(new_id(), uscc, name, "admin")
    return Actor(kind="account", id=owner.id, name=owner.name, roles=owner.roles, memberships=(membership,))
