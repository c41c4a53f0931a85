"""Serving with gunicorn: one worker process with threads, the working loop beside it."""

from typing import Any

from gunicorn.app.base import BaseApplication

from shared.config import Settings
from shared.embedded import Embedded
from shared.service import Service
from shared.telemetry import configure_logging


class EmbeddedServer(BaseApplication):  # type: ignore[misc]
    """gunicorn around the embedded shape. Everything is built after the fork: no connection crosses it."""

    def __init__(self, services: list[Service], settings: Settings) -> None:
        self._services = services
        self._settings = settings
        self._system: Embedded | None = None
        super().__init__()

    def load_config(self) -> None:
        """gunicorn's settings; on SIGTERM requests in flight get 20 s to end."""
        options: dict[str, Any] = {
            "bind": f"{self._settings.bind}:{self._settings.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": self._settings.threads,
            "graceful_timeout": 20,
            "timeout": 60,
            "accesslog": None,
            "control_socket_disable": True,
            "worker_exit": self._worker_exit,
            "logconfig_dict": {
                "version": 1,
                "disable_existing_loggers": False,
                "root": {"handlers": []},
                "handlers": {},
                "loggers": {
                    "gunicorn.error": {"level": "WARNING", "propagate": True, "handlers": []},
                    "gunicorn.access": {"level": "WARNING", "propagate": False, "handlers": []},
                },
            },
        }
        for key, value in options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        """Called in the worker process: build the services and start the working loop."""
        configure_logging(self._settings.log_format, self._settings.log_level)
        self._system = Embedded(self._services, self._settings)
        app = self._system.build()
        self._system.start_worker()
        return app

    def _worker_exit(self, _server: object, _worker: object) -> None:
        if self._system is not None:
            self._system.close()
