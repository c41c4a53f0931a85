"""From settings to connections: the authority's system over HTTP, or in a demo the simulator in process."""

import secrets

from approvals.handovers.adapter import HttpSystem
from approvals.handovers.port import Connection, Connections
from approvals.handovers.simulator.app import Simulator
from approvals.items.model import HANDOVER_SYSTEMS
from shared.config import Settings
from shared.network import HttpUpstream, WsgiUpstream

DEMO_PACE_S = 20.0


def connect(settings: Settings) -> Connections:
    """The systems that the settings name; without any, none: items that need one cannot be applied for.

    The embedded demo brings its own simulator, asked through the same adapter.
    """
    if settings.tax_url:
        upstream = HttpUpstream(settings.tax_url)
        return _tax(HttpSystem(HANDOVER_SYSTEMS["tax"], upstream, settings.tax_secret), settings)
    if settings.demo and settings.is_embedded:
        secret = secrets.token_urlsafe(32)
        simulator = Simulator(settings.data_dir / "tax_simulator.sqlite3", secret, pace_s=DEMO_PACE_S)
        return _tax(simulated(simulator, secret), settings)
    return Connections({})


def simulated(simulator: Simulator, secret: str) -> HttpSystem:
    """A simulator in this process, behind the adapter that real systems have."""
    return HttpSystem(HANDOVER_SYSTEMS["tax"], WsgiUpstream(lambda: simulator.app.wsgi_app), secret)


def _tax(system: HttpSystem, settings: Settings) -> Connections:
    return Connections({"tax": Connection(system, settings.tax_poll_s, settings.tax_callback_secret)})
