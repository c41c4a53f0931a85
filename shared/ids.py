"""Identifiers of our own rows: UUID version 7, so that they sort by time of birth."""

from uuid import UUID

from uuid6 import uuid7


def new_id() -> UUID:
    """A fresh time-ordered identifier."""
    return UUID(int=uuid7().int)
