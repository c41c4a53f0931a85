"""A trade of its own for each test, on each database."""

import pytest

from facilities.production.service import service as production
from notifications.service import service as notifications
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.assembly import Assembly, publisher
from tests.integration.facilities.machines.trade import Trade


@pytest.fixture
def trade(make_system: SystemFactory, clock: ManualClock) -> Trade:
    return Trade(Assembly(make_system([publisher, production, notifications]), clock), clock)
