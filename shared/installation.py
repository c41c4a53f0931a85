"""The installed services, opened on the settings of the environment, for a command that ends."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from shared.config import Settings, SettingsError
from shared.service import Runtime, contracts_of, installed_services


@contextmanager
def opened(*names: str) -> Iterator[tuple[Runtime, ...]]:
    """The services of these names; a usage error for a name that is none, a message for a wrong setting."""
    services = {service.name: service for service in installed_services()}
    unknown = [name for name in names if name not in services]
    if unknown:
        raise click.UsageError(f"no service {unknown[0]!r}; there are: {', '.join(sorted(services))}")
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    contracts = contracts_of(list(services.values()))
    runtimes = tuple(Runtime(services[name], settings, contracts) for name in names)
    try:
        yield runtimes
    finally:
        for runtime in runtimes:
            runtime.close()
