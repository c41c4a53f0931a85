"""The enterprise service with its subscribers, on each kind of database."""

import pytest

from approvals.enterprise.service import service as enterprise
from facilities.living.service import service as living
from facilities.production.service import service as production
from notifications.service import service as notifications
from shared.testing.systems import SystemFactory
from tests.integration.approvals.desk import Desk


@pytest.fixture
def desk(make_system: SystemFactory) -> Desk:
    """The desk of a demo installation."""
    return Desk(make_system([enterprise, living, production, notifications], demo=True))


@pytest.fixture
def sqlite_desk(make_sqlite_system: SystemFactory) -> Desk:
    """The same on SQLite alone."""
    return Desk(make_sqlite_system([enterprise], demo=True))
