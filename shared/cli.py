"""`yuanban`: the one command line of the suite."""

import errno
import os
import signal
import socket
import threading

import click

from shared.auditing.cli import audit
from shared.config import Settings, SettingsError
from shared.embedded import Embedded
from shared.messaging.brokers.rabbitmq import Topology, declare
from shared.messaging.cli import events, parked
from shared.messaging.process import WorkerProcess
from shared.migrate import migrate as migrate_service
from shared.serve import gunicorn_command, http_network
from shared.service import Runtime, Service, contracts_of, installed_services
from shared.telemetry import configure_logging


def _settings() -> Settings:
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    configure_logging(settings.log_format, os.environ.get("YUANBAN_LOG_LEVEL", "WARNING"))
    return settings


def _chosen(services: list[Service], name: str | None) -> list[Service]:
    if name is None:
        return services
    found = [service for service in services if service.name == name]
    if not found:
        known = ", ".join(sorted(service.name for service in services))
        raise click.UsageError(f"no service {name!r}; there are: {known}")
    return found


def _seed_each(services: list[Service], settings: Settings) -> None:
    """Seed each service; the resulting events are left to the workers."""
    for service in services:
        if service.seed is not None:
            runtime = Runtime(service, settings, contracts_of(services))
            service.seed(runtime)
            runtime.close()
    click.echo("seeded")


class SuiteGroup(click.Group):
    """Our commands and those the installed services bring along."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        brought = [command.name or "" for service in installed_services() for command in service.commands]
        return sorted({*super().list_commands(ctx), *brought})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, ours first."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        brought = (command for service in installed_services() for command in service.commands)
        return next((command for command in brought if command.name == cmd_name), None)


@click.group(cls=SuiteGroup)
def main() -> None:
    """Yuanban 园办: the one-stop service platform of a digital industrial park."""


@main.command()
@click.argument("service", required=False)
def migrate(service: str | None) -> None:
    """Create and upgrade the database of SERVICE, or of every service."""
    settings = _settings()
    services = installed_services()
    contracts = contracts_of(services)
    for chosen in _chosen(services, service):
        runtime = Runtime(chosen, settings, contracts)
        migrate_service(runtime)
        runtime.close()
        click.echo(f"{chosen.name}: up to date")
    if not settings.is_embedded:
        # All of them, whichever database was asked for: a publisher must not start before its subscribers
        # have queues.
        queues = [each.queue for each in services if each.queue is not None]
        declare(settings.broker_url, Topology(settings.broker_prefix), queues)
        click.echo(f"broker: {len(queues)} queues")


@main.command()
@click.argument("service")
def web(service: str) -> None:
    """Serve SERVICE over HTTP (the distributed shape)."""
    settings = _settings()
    services = installed_services()
    (chosen,) = _chosen(services, service)
    try:
        http_network(chosen, services, settings)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    command = gunicorn_command(settings, f"shared.serve:service_app('{chosen.name}')")
    os.execv(command[0], command)  # noqa: S606 - our own interpreter, arguments of our own


@main.command()
@click.argument("service")
def worker(service: str) -> None:
    """Move the events and timers of SERVICE (the distributed shape) until SIGTERM."""
    settings = _settings()
    services = installed_services()
    (chosen,) = _chosen(services, service)
    try:
        process = WorkerProcess(chosen, services, settings)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    configure_logging(settings.log_format, settings.log_level)  # not a command that ends, but a server
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if not process.run(stop):
        raise click.ClickException("a part of the worker ended by itself; see its log")


@main.command()
def seed() -> None:
    """Fill what a fresh installation needs; with YUANBAN_DEMO the demo park too. May be repeated."""
    settings = _settings()
    if not settings.is_embedded:
        _seed_each(installed_services(), settings)
        return
    system = Embedded(installed_services(), settings)
    system.build()
    system.seed()
    system.close()
    click.echo("seeded")


def _require_free_port(settings: Settings) -> None:
    """Said before anything is touched: the data may be another running instance's."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.bind, settings.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                said = f"port {settings.port} is taken; choose another: PORT={settings.port + 1} make run"
            else:
                said = f"YUANBAN_BIND, PORT: {settings.bind}:{settings.port}: {error.strerror}"
            raise click.ClickException(said) from error


@main.command()
def run() -> None:
    """Serve everything in one process (the embedded shape): migrate, seed, then listen."""
    settings = _settings()
    if not settings.is_embedded:
        raise click.ClickException("YUANBAN_BROKER_URL: `yuanban run` is the embedded shape, memory://")
    _require_free_port(settings)
    services = installed_services()
    system = Embedded(services, settings)
    system.migrate()
    system.build()
    system.seed()
    system.close()
    click.echo(f"Yuanban 园办  →  {settings.public_url}")
    for service in services:
        for line in service.greeting(settings):
            click.echo(line)
    # This process has loaded everything only to prepare; the server starts afresh and small in its place.
    command = gunicorn_command(settings)
    os.execv(command[0], command)  # noqa: S606 - our own interpreter, arguments of our own


main.add_command(audit)
main.add_command(events)
main.add_command(parked)


if __name__ == "__main__":
    main()
