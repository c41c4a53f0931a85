"""A migrated database of the notifications service, for tests of what `shared` does with any database."""

from collections.abc import Iterator

from notifications.service import service as notifications
from shared.database import Database
from shared.testing.databases import Databases


def opened(databases: Databases) -> Iterator[Database]:
    """A new one, for a fixture to yield from; it is removed afterwards."""
    url = databases.create([notifications])
    database = Database(url.replace("{service}", notifications.name))
    yield database
    database.close()
    databases.drop(url)
