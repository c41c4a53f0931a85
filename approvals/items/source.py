"""YAML read together with the line each value stands on, so that a refusal can name file, line and field."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # built without libyaml: slower, otherwise the same
    from yaml import SafeLoader  # type: ignore[assignment] # the same, in plain Python

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a data file."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.message}"


class CatalogueError(Exception):
    """The catalogue cannot be loaded; every flaw of every file is listed."""

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__("\n".join(str(flaw) for flaw in flaws))
        self.flaws = tuple(flaws)


@dataclass(frozen=True, slots=True)
class Source:
    """A data file: its plain content and the line of every value in it (1-based)."""

    file: str
    data: Any
    lines: dict[Path, int] = field(repr=False)
    flaws: tuple[Flaw, ...] = ()

    def line(self, path: Path) -> int:
        """The line of the value at `path`, or of the nearest value around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def flaw(self, path: Path, message: str) -> Flaw:
        """A flaw at the value at `path`."""
        return Flaw(self.file, self.line(path), dotted(path), message)


def dotted(path: Path) -> str:
    """`("limits", "statutory", 0)` as `limits.statutory[0]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "(file)"


class _Loader(SafeLoader):
    """Safe YAML whose numbers with a point are exact decimals and whose dates stay text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    try:
        number = Decimal(str(loader.construct_scalar(node)).replace("_", ""))
    except InvalidOperation as error:
        raise yaml.constructor.ConstructorError(
            None, None, "not a decimal number", node.start_mark
        ) from error
    return number


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)


def parse(file: str, text: str) -> Source:
    """Read one YAML document; syntax errors and repeated keys become flaws of the source."""
    loader = _Loader(text)
    reader = _Reader(file, loader)
    try:
        node = loader.get_single_node()
        data = reader.plain(node, ()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        flaw = Flaw(file, mark.line + 1 if mark else 1, "(file)", f"not readable as YAML: {error.problem}")
        return Source(file, None, {}, (flaw,))
    finally:
        loader.dispose()
    return Source(file, data, reader.lines, tuple(reader.flaws))


class _Reader:
    """Turns YAML nodes into plain values and remembers where they stood."""

    def __init__(self, file: str, loader: _Loader) -> None:
        self.file = file
        self.loader = loader
        self.lines: dict[Path, int] = {}
        self.flaws: list[Flaw] = []
        self._open: list[yaml.Node] = []

    def plain(self, node: yaml.Node, path: Path) -> Any:
        """The plain value of `node`, which stands at `path`."""
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if any(node is outer for outer in self._open):
            self.flaws.append(Flaw(self.file, line, dotted(path), "contains itself"))
            return None
        self._open.append(node)
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.plain(item, (*path, number)) for number, item in enumerate(node.value)]
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, path)
            return self.loader.construct_object(node)
        finally:
            self._open.pop()

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in plain:
                self.flaws.append(Flaw(self.file, line, dotted((*path, key)), "given twice"))
            self.lines[(*path, key)] = line
            plain[key] = self.plain(value_node, (*path, key))
        return plain


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value inside `value` with its path, the outermost first."""
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from walk(inner, (*path, number))
