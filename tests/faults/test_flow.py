"""Nothing broken: from a committed command over RabbitMQ to one effect."""

import pytest

from tests.faults.installation import Installation

pytestmark = [pytest.mark.rabbitmq, pytest.mark.postgres]


def test_everything_said_is_heard_once(installation: Installation) -> None:
    with installation.working():
        installation.say(200)
        installation.settle()

    assert installation.findings() == []
