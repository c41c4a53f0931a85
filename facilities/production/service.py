"""The production service (生产服务): it serves the production of the park's firms."""

from facilities.enterprises.api import blueprint
from facilities.enterprises.handlers import handlers
from shared.service import Service
from shared.text import Text

service = Service(
    name="production",
    title=Text("生产服务", "Production services"),
    migrations=("shared:migrations/versions", "facilities:migrations/versions"),
    blueprints=lambda: [blueprint()],
    handlers=handlers(),
)
