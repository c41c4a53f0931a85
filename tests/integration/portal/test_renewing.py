"""Renewing a licence from the page of the case that issued it."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from approvals.applications import commands as applications
from approvals.applications.answers import open_form
from approvals.applications.starting import start
from approvals.cases.lifecycle import State
from approvals.certificates.permits import issue_permit
from approvals.enterprise.model import Enterprise
from approvals.enterprise.register import facts_of
from approvals.enterprise.service import service as enterprise
from approvals.items.catalogue import Catalogue
from gateway.service import service as gateway
from notifications.service import service as notifications
from shared.actor import Actor, Membership
from shared.testing.systems import SystemFactory, SystemUnderTest
from tests.integration.approvals.licences import sound
from tests.integration.portal.conftest import Browser

FOOD = "food-business-licence"
AGENT = UUID("01890000-0000-7000-8000-000000000002")


@pytest.fixture
def park(site: SystemFactory) -> SystemUnderTest:
    """The demo park, in which a company belongs to one of the demo's applicants."""
    system = site([gateway, enterprise, notifications], demo=True)
    system.seed()
    system.settle()
    return system


def licensed(park: SystemUnderTest) -> tuple[str, str]:
    """A food licence of that company, valid for sixty days more: its case and its identifier."""
    runtime = park.runtime("enterprise")
    with runtime.read() as session:
        owned = sa.select(Enterprise.uscc).where(Enterprise.applicant_account_id == AGENT)
        uscc = session.scalars(owned.order_by(Enterprise.uscc).limit(1)).one()
    member = Membership(UUID(int=1), uscc, "企业", "member")
    actor = Actor("account", AGENT, "企业经办人乙", roles=frozenset({"applicant"}), memberships=(member,))
    with runtime.transaction(actor) as tx:
        case = start(tx, FOOD, uscc)
        item = tx.resource(Catalogue).of(case)
        answers, _ = sound(FOOD)
        applications.save_answers(tx, case, item, {**answers, "holder": {"contact_name": "示范联系人"}})
        case.state, case.ended_at = State.GRANTED, tx.now
        values = open_form(tx.session, tx.context.cipher, case, item, tx.today).examined.values
        licence = issue_permit(tx, case, item, values, facts_of(tx.session, uscc) or {})
        licence.valid_until = tx.today + timedelta(days=60)
        return str(case.id), licence.id


def test_the_holder_renews_from_the_page_of_the_case(park: SystemUnderTest) -> None:
    case_id, licence = licensed(park)
    browser = Browser(park.edge_app.test_client()).sign_in("agent2")
    page = browser.get(f"/applications/{case_id}").text
    assert "申请延续" in page and "依法视为准予延续" in page

    browser.post(f"/applications/new?item={FOOD}", {"renews": licence})
    draft = browser.follow()
    assert "延续食品经营许可证" in draft.text and "请在" in draft.text
    assert "云澜大道8号2号楼一层" in browser.get(f"{draft.request.path}/sections/premises").text

    page = browser.get(f"/applications/{case_id}").text
    assert "已申请延续" in page and draft.request.path in page
    browser.post(f"/applications/new?item={FOOD}", {"renews": licence})
    assert browser.page is not None and browser.page.status_code == 409
