"""Serving with gunicorn, everything or one service: a bare master, one worker process with threads."""

import atexit
import sys
from collections.abc import Sequence

from flask import Flask

from shared.config import Settings, SettingsError
from shared.embedded import Embedded
from shared.http.app import create_app
from shared.http.health import serve_operators
from shared.network import HttpUpstream, Network
from shared.service import Runtime, Service, contracts_of, installed_services
from shared.telemetry import configure_logging

GRACE_S = 20  # on SIGTERM requests in flight get this long to end
TIMEOUT_S = 60  # a worker that does not answer its master for so long is replaced


def embedded_app() -> Flask:
    """Build every service and start the working loop; gunicorn calls this in its worker process.

    Nothing is built in the master, so no connection crosses the fork and the master stays small.
    """
    settings = Settings.from_env()
    configure_logging(settings.log_format, settings.log_level)
    system = Embedded(installed_services(), settings)
    app = system.build()
    serve_operators(app, settings)
    system.start_worker()
    atexit.register(system.close)
    return app


def service_app(name: str) -> Flask:
    """Build one service's application, the others reached over HTTP; gunicorn calls this in its worker."""
    settings = Settings.from_env()
    configure_logging(settings.log_format, settings.log_level)
    services = installed_services()
    service = next(service for service in services if service.name == name)
    runtime = Runtime(service, settings, contracts_of(services))
    atexit.register(runtime.close)
    app = create_app(runtime, http_network(service, services, settings))
    serve_operators(app, settings)
    return app


def http_network(service: Service, services: Sequence[Service], settings: Settings) -> Network:
    """How `service` reaches the others: by the URLs in the settings.

    The edge must know every service, the others only the edge, whose keys they check tokens with. Raises
    SettingsError naming the variable that is missing.
    """
    edge = next(each.name for each in services if each.is_edge)
    needed = {each.name for each in services} - {edge} if service.is_edge else {edge}
    missing = sorted(f"YUANBAN_UPSTREAM_{name.upper()}" for name in needed - set(settings.upstreams))
    if missing:
        raise SettingsError(f"{', '.join(missing)}: give the base URL (http://…)")
    upstreams = {name: HttpUpstream(settings.upstreams[name], kept=settings.threads) for name in needed}
    return Network(upstreams, edge)


def gunicorn_command(settings: Settings, app: str = "shared.serve:embedded_app()") -> list[str]:
    """The command line that serves an application with gunicorn; by default the embedded shape."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--config=python:shared.server_hooks",
        f"--bind={settings.bind}:{settings.port}",
        "--workers=1",
        "--worker-class=gthread",
        f"--threads={settings.threads}",
        f"--graceful-timeout={GRACE_S}",
        f"--timeout={TIMEOUT_S}",
        "--log-level=warning",
        "--no-control-socket",
        app,
    ]
