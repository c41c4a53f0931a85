"""An object that a request may be about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Scene:
    """An object: what fills the variables of paths, its versions, and who holds the claim on it."""

    ids: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    """ETag by the last variable of the path that names the thing."""
    holder: str | None = None
    bodies: Mapping[str, Any] = field(default_factory=dict)
    """Bodies that only fit this object, by the last part of the path; the others are in `requests.BODIES`."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers that go with its body."""
