"""Where tests look for RabbitMQ."""

import os

from shared.messaging.brokers.rabbitmq import connected

RABBITMQ_URL = "amqp://guest:guest@127.0.0.1:5672/"
"""Unless YUANBAN_TEST_RABBITMQ_URL names another place."""


def broker_url() -> str:
    """The broker that tests use."""
    return os.environ.get("YUANBAN_TEST_RABBITMQ_URL", RABBITMQ_URL)


def broker_answers() -> bool:
    """Whether a RabbitMQ can be used for tests."""
    try:
        with connected(broker_url()):
            return True
    except OSError:
        return False
