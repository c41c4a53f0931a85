"""What people do about parking in the portal again and again."""

import re
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from facilities.capacity.grid import Span
from facilities.capacity.ledger.changing import close
from facilities.living.parking.lots.model import Zone
from shared.clock import PARK_TZ
from shared.testing.systems import SystemUnderTest
from tests.integration.facilities.parking.car_park import OPERATOR
from tests.integration.portal.conftest import Browser


def csrf(browser: Browser) -> str:
    """The token by which this site knows its own forms."""
    browser.get("/parking/cars")
    return browser.hidden("csrf_token")


def fill(system: SystemUnderTest, lot: str, since: str, until: str) -> None:
    """Leave no bay for ordinary cars at that time, as what is closed there does."""
    runtime = system.runtime("living")
    span = Span(*(datetime.fromisoformat(each).replace(tzinfo=PARK_TZ) for each in (since, until)))
    with runtime.transaction(OPERATOR) as tx:
        zones = tx.session.scalars(sa.select(Zone).where(Zone.lot_id == UUID(lot)).order_by(Zone.ledger_id))
        for zone in zones.all():
            close(tx, zone.ledger_id, span, "resurfacing")


def lot_of(browser: Browser, name: str) -> str:
    """The path of a car park that the first page shows."""
    text = browser.get("/parking").text
    match = re.search(rf'href="(/parking/lots/[0-9a-f-]+)">{re.escape(name)}', text)
    assert match, text
    return match[1]
