"""The bodies (部门) that take part in an item."""

from dataclasses import dataclass

from shared.text import Text


@dataclass(frozen=True, slots=True)
class Department:
    """The implementing body; `code` is its unified social credit code where it has one."""

    code: str
    name: Text
