"""The notifications service: it listens to the others and tells people, in their inbox."""

from collections.abc import Mapping
from functools import cache

from notifications.messages.api import blueprint
from notifications.messages.handlers import handlers
from notifications.templates.catalogue import Catalogue, load_catalogue
from shared.config import Settings
from shared.service import Service
from shared.text import Text


def _resources(_settings: Settings) -> Mapping[type, object]:
    return {Catalogue: _catalogue()}


@cache
def _catalogue() -> Catalogue:
    """The shipped templates: immutable, and a good while to read."""
    return load_catalogue()


service = Service(
    name="notifications",
    title=Text("消息服务", "Notifications"),
    migrations=("shared:migrations/versions", "notifications:migrations/versions"),
    blueprints=lambda: [blueprint()],
    handlers=handlers(),
    resources=_resources,
)
