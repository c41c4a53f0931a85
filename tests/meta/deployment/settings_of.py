"""What a container of ours would read from its environment, and whether it could start with that."""

import os
from collections.abc import Mapping, Sequence
from unittest.mock import patch

from shared.cli import main
from shared.config import Settings
from shared.serve import http_network
from shared.service import installed_services

SERVICES = {service.name: service for service in installed_services()}
SECRET = "a-secret-of-the-tests-and-of-nobody-else"


def settings_of(environment: Mapping[str, str]) -> Settings:
    """The settings as the process reads them; raises SettingsError where it would refuse."""
    with patch.dict(os.environ, environment, clear=True):
        return Settings.from_env()


def upstream_hosts(environment: Mapping[str, str]) -> dict[str, str]:
    """Service name to host and port, as this process is told them."""
    return {name: url.removeprefix("http://") for name, url in settings_of(environment).upstreams.items()}


def require_role(command: Sequence[str]) -> tuple[str, str | None]:
    """The role and service of a container's arguments; AssertionError when the command line has no such."""
    role, *rest = command
    parsed = main.commands.get(role)
    assert parsed is not None, f"yuanban has no command {role!r}"
    assert len(rest) <= len(parsed.params), f"{role} takes fewer arguments than {rest}"
    service = rest[0] if rest else None
    assert service is None or service in SERVICES, f"no service {service!r}"
    return role, service


def require_start(command: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """The settings of a container that can start in its role; raises what it would say instead."""
    role, service = require_role(command)
    settings = settings_of(environment)
    assert settings.database_url.startswith("postgresql+psycopg://")
    assert "{service}" in settings.database_url
    if role == "web" and service is not None:
        http_network(SERVICES[service], list(SERVICES.values()), settings)
    else:
        assert settings.broker_url.startswith("amqp"), f"{role} needs the broker"
    return settings
