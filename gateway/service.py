"""The gateway: the public edge, accounts, and the portal."""

from gateway.accounts.api import blueprints
from gateway.accounts.cli import accounts_command
from gateway.accounts.demo import greeting, seed
from gateway.accounts.events import OFFICIAL_APPOINTED, ORGANISATION_CREATED, ROLES_CHANGED
from gateway.accounts.handlers import ENTERPRISE_REGISTERED, enterprise_registered
from gateway.edge import extend_app
from gateway.routing.tokens import authenticator
from shared.config import Settings
from shared.service import Runtime, Service, contracts_of
from shared.text import Text


def _open_runtime() -> Runtime:
    return Runtime(service, Settings.from_env(), contracts_of([service]))


service = Service(
    name="gateway",
    title=Text("统一门户", "Gateway"),
    migrations=("shared:migrations/versions", "gateway:migrations/versions"),
    blueprints=blueprints,
    publishes=(OFFICIAL_APPOINTED, ORGANISATION_CREATED, ROLES_CHANGED),
    handlers={ENTERPRISE_REGISTERED: enterprise_registered},
    seed=seed,
    greeting=greeting,
    commands=(accounts_command(_open_runtime),),
    extend_app=extend_app,
    authenticator=authenticator,
    is_edge=True,
)
