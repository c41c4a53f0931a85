"""The API description as tests read it: every operation of the merged document, with what it demands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; references of its parameters are resolved."""

    method: str
    path: str
    described: Json
    parameters: tuple[Json, ...]

    @property
    def id(self) -> str:
        """Its operationId."""
        return str(self.described["operationId"])

    @property
    def public(self) -> bool:
        """It answers without a token."""
        return not self.described["security"]

    @property
    def guarded(self) -> bool:
        """It demands `If-Match`: 428 without, 412 when it is stale."""
        found = self.header("If-Match")
        return found is not None and bool(found.get("required"))

    @property
    def keyed(self) -> bool:
        """It honours `Idempotency-Key`."""
        return self.header("Idempotency-Key") is not None

    def header(self, name: str) -> Json | None:
        """The header parameter of that name."""
        return next(
            (each for each in self.parameters if (each["in"], each["name"]) == ("header", name)), None
        )


def operations(document: Json) -> Iterator[Operation]:
    """Every operation of a description, in its order."""
    for path, entry in document["paths"].items():
        for method in METHODS:
            if method in entry:
                given = [*entry.get("parameters", ()), *entry[method].get("parameters", ())]
                resolved = tuple(resolve(document, parameter) for parameter in given)
                yield Operation(method.upper(), path, entry[method], resolved)


def resolve(document: Json, node: Json) -> Json:
    """What a reference into the document leads to; anything else as it is."""
    while "$ref" in node:
        found: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        node = found
    return node
