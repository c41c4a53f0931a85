"""The inbox with somebody who speaks for the enterprise service."""

import pytest

from notifications.service import service as notifications
from shared.clock import ManualClock
from shared.testing.systems import SystemFactory
from tests.integration.assembly import Assembly, publisher


@pytest.fixture
def assembly(make_system: SystemFactory, clock: ManualClock) -> Assembly:
    """On each kind of database."""
    return Assembly(make_system([publisher, notifications]), clock)
