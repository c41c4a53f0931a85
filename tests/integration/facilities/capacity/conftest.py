"""A works of its own for each test, on each database."""

import pytest

from facilities.production.service import service as production
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.facilities.capacity.works import Works


@pytest.fixture
def works(make_system: SystemFactory, clock: ManualClock) -> Works:
    return Works(make_system([production]).runtime("production"), clock)
