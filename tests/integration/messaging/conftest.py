"""Every test here runs on each database."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.clock import ManualClock
from shared.service import Service
from shared.testing.systems import SystemFactory
from tests.integration.assembly import SUBSCRIBERS, Assembly, publisher

Assemble = Callable[..., Assembly]


@pytest.fixture
def assemble(make_system: SystemFactory, clock: ManualClock) -> Assemble:
    """`assemble(service, …)`: the publisher with these subscribers; `like=` uses another one's databases."""

    def make(*subscribers: Service, like: Assembly | None = None) -> Assembly:
        settings: dict[str, Any] = {"database_url": like.system.settings.database_url} if like else {}
        return Assembly(make_system([publisher, *subscribers], **settings), clock)

    return make


@pytest.fixture
def assembly(assemble: Assemble) -> Assembly:
    """The real subscribers."""
    return assemble(*SUBSCRIBERS)
