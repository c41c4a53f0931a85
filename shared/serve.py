"""Serving with gunicorn: a bare master, one worker process with threads, the working loop beside them."""

import atexit
import sys

from flask import Flask

from shared.config import Settings
from shared.embedded import Embedded
from shared.service import installed_services
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
    system.start_worker()
    atexit.register(system.close)
    return app


def gunicorn_command(settings: Settings) -> list[str]:
    """The command line that serves the embedded shape."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        f"--bind={settings.bind}:{settings.port}",
        "--workers=1",
        "--worker-class=gthread",
        f"--threads={settings.threads}",
        f"--graceful-timeout={GRACE_S}",
        f"--timeout={TIMEOUT_S}",
        "--log-level=warning",
        "--no-control-socket",
        "shared.serve:embedded_app()",
    ]
