"""Which paths lead where, which are open to everybody, and how large a body may be: as data."""

from dataclasses import dataclass

MIB = 1024 * 1024
JSON_LIMIT = MIB
UPLOAD_LIMIT = 12 * MIB
UPLOAD_MARK = "/materials/"
"""Part of every path that takes files."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A short public path (below `/api/v1`) of something that a service serves below its own name."""

    path: str
    service: str
    target: str


@dataclass(frozen=True, slots=True)
class Open:
    """Paths below a service that may be read without a token; `*` stands for one part."""

    path: str

    def matches(self, path: str) -> bool:
        """Whether a decoded path is one of these."""
        wanted, given = self.path.split("/"), path.split("/")
        return len(wanted) == len(given) and all(w in {"*", g} for w, g in zip(wanted, given, strict=True))


ALIASES = (Alias("verify/<certificate_id>", "enterprise", "verify/{certificate_id}"),)

# Everything else needs a token here already; what these show, their service decides.
OPEN = (Open("items"), Open("items/*"), Open("verify/*"), Open("openapi.json"))


def is_open(method: str, path: str) -> bool:
    """Whether anybody may ask without a token."""
    return method in {"GET", "HEAD"} and any(each.matches(path) for each in OPEN)


def body_limit(path: str) -> int:
    """How many bytes the body of a request to this path may have."""
    return UPLOAD_LIMIT if UPLOAD_MARK in path else JSON_LIMIT
