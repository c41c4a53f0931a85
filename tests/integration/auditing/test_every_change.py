"""Every operation, event and timer that changes something leaves an entry in the audit trail."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from approvals.calendar.redating import REDATE_TIMER
from approvals.cases.model import Case
from facilities.capacity.waiting.offering import LOOK_TIMER
from facilities.living.parking.rights.quotas.commands import ROUND_TIMER
from facilities.living.service import service as living
from facilities.production.machines.demo import DEMO_TIMER
from facilities.production.machines.ended_firms import STEP_TIMER, WAITING_TIMER
from facilities.production.service import service as production
from gateway.service import service as gateway
from notifications.service import service as notifications
from shared.actor import SYSTEM
from shared.audit import AuditEntry
from shared.clock import ManualClock
from shared.messaging.inbox import InboxMessage
from shared.messaging.timers import Timer
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.integration.approvals.desk import Desk
from tests.integration.approvals.people import (
    AGENT,
    OTHER_AGENT,
    REVIEWER,
)
from tests.integration.approvals.services import enterprise
from tests.integration.auditing.deeds import (
    about_to_end,
    file_on_a_promise,
    hand_over,
    keep_credit_records,
    keep_the_calendar,
    ok,
    pay_funds,
    put_on_notice,
    renew,
    settle_stuck,
    suspend_and_resume,
    under_an_old_version,
    whole_life,
    with_a_gap,
)
from tests.integration.auditing.lane_deeds import charge_cars, drive_through_lanes
from tests.integration.auditing.machine_deeds import close_a_firm, trade_in_machines
from tests.integration.auditing.parking_deeds import set_up_parking
from tests.integration.auditing.paying_deeds import pay_for_parking
from tests.integration.auditing.performed import operations, performing
from tests.integration.auditing.right_deeds import park_cars
from tests.integration.auditing.trail import report
from tests.park.park import with_an_old_version
from tests.watching import watched

# The watch must know how many rows a statement changed; SQLite does not say so soon enough.
pytestmark = pytest.mark.postgres

EVENT_OF_A_DEVICE = "parking_gates.tell_gate_event"
"""It is a record itself; one that lets nobody through brings about nothing else."""
CHANGE_NOTHING = {
    "applications.check_case",
    "parking-tariffs.try_parking_tariff",
    "parking-tariffs.try_parking_lot_tariff",
}
"""Operations that are no GET and yet only look."""


def test_every_operation_of_the_services_leaves_an_entry(
    make_postgres_system: SystemFactory, clock: ManualClock
) -> None:
    behind_the_edge = [with_an_old_version(enterprise), living, production, notifications]
    system = make_postgres_system(behind_the_edge, demo=True, parking_provider="sandbox")
    desk = Desk(system)
    old_draft = under_an_old_version(desk)
    licence = about_to_end(desk)
    with watched() as watch, performing(watch) as performed:
        trade = trade_in_machines(system, clock)
        traded = timers(system, "production")
        close_a_firm(trade)
        system.worker.run_once()
        traded |= timers(system, "production")
        pay_for_parking(system, clock)
        drive_through_lanes(system, clock)
        traded |= charge_cars(system, clock)
        whole_life(desk)
        fire, wanting = file_on_a_promise(desk)
        set_up_parking(system)
        keep_credit_records(desk)
        suspend_and_resume(desk)
        put_on_notice(desk)
        pay_funds(desk)
        kept = traded | timers(system)
        system.settle()
        renew(desk, licence)
        ok(desk.act(AGENT, old_draft, "renew-version"))
        kept |= timers(system)
        system.settle()
        hand_over(desk)
        messages = desk.client(AGENT, "notifications")
        unread = messages.get("/messages").json["items"][0]["id"]
        ok(messages.post(f"/messages/{unread}/read", json={}))
        settle_stuck(system)

        late = desk.accepted(company={"trade_name": "云栖迟"})
        desk.claim(REVIEWER, late)
        kept |= timers(system)
        clock.advance(timedelta(days=38))
        system.settle()
        explained = {"reason": "申请量集中", "expected_on": "2027-02-26"}
        ok(desk.act(REVIEWER, late, "explain-overdue", explained))
        ok(fire.check(wanting, False, "仍被占用"))
        with_a_gap(desk, "云栖延", OTHER_AGENT)  # whose word has not been broken
        desk.submitted(company={"trade_name": "云栖默"})  # to be answered in a year without a calendar yet
        keep_the_calendar(desk)
        kept |= timers(system)
        system.settle()
        clock.advance(timedelta(days=30))  # nobody looks at it: it counts as accepted
        system.settle()
        kept |= park_cars(system, clock)

    turned_back_by_the_test = ["UPDATE case_fact", "UPDATE public_notice"]  # `let_the_notice_end`
    assert watch.silent == turned_back_by_the_test
    assert performed.silent == CHANGE_NOTHING | {EVENT_OF_A_DEVICE}
    assert performed.done == operations(system, *(service.name for service in behind_the_edge))
    for service in behind_the_edge:
        runtime = system.runtime(service.name)
        with runtime.read() as session:
            heard = set(session.scalars(sa.select(InboxMessage.type).where(InboxMessage.state == "done")))
        said_here = {type for type in service.handlers if type.split(".")[1] != gateway.name}
        assert heard == said_here, service.name
        by_one_round = {REDATE_TIMER, STEP_TIMER, WAITING_TIMER, DEMO_TIMER}  # made and kept
        by_one_round |= {ROUND_TIMER}
        of_two_at_once = {LOOK_TIMER}
        assert set(service.timers) - by_one_round - of_two_at_once <= kept
    with system.runtime("enterprise").read() as session:
        actions = set(session.scalars(sa.select(AuditEntry.action)))
    assert report(system.runtime("enterprise")).entries > len(actions)
    assert {"case.filed", "case.deemed-renewed"} <= actions
    assert {
        "case.discarded",
        "case.deemed-accepted",
        "case.redated",
        "case.warned",
        "enterprise.registered",
    } <= actions


def timers(system: SystemUnderTest, service: str = "enterprise") -> set[str]:
    """Names of the appointments there are."""
    with system.runtime(service).read() as session:
        return set(session.scalars(sa.select(Timer.name)))


def test_the_watch_sees_what_is_changed_without_a_word(make_postgres_system: SystemFactory) -> None:
    """Otherwise the two above would prove nothing."""
    system = make_postgres_system([enterprise], demo=True)
    desk = Desk(system)
    runtime = system.runtime("enterprise")
    with watched() as watch:
        case_id = desk.draft()
        assert watch.silent == [] and watch.entries > 2
        with runtime.transaction(SYSTEM) as tx:
            tx.session.execute(sa.text("UPDATE approval_case SET subject_name = 'x'"))
        assert watch.silent.pop() == "UPDATE approval_case"
        with runtime.transaction(SYSTEM) as tx:
            tx.session.scalars(sa.select(Case)).one().subject_name = "y"
            tx.audit("something", "else", "1")
        assert watch.silent.pop() == f"Case {case_id}"
        with pytest.raises(RuntimeError), runtime.transaction(SYSTEM) as tx:
            tx.session.execute(sa.text("DELETE FROM case_material"))
            raise RuntimeError
        with runtime.transaction(SYSTEM) as tx:
            tx.session.execute(sa.text("DELETE FROM case_material WHERE code = 'none'"))
        assert watch.silent == []
