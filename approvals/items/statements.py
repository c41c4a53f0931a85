"""Single statements of an item: a text, whether it was verified, and what it rests on."""

from dataclasses import dataclass
from typing import Protocol

from shared.text import Text


class Stated(Protocol):
    """Whatever says of itself whether it was verified, and what it rests on."""

    @property
    def verified(self) -> bool:
        """Whether the text named in `basis` was read."""
        ...

    @property
    def basis(self) -> Text | None:
        """What it rests on."""
        ...


def cited(said: Stated) -> Text | None:
    """What a document may cite as law for it: nothing where that was not verified."""
    return said.basis if said.verified else None


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement of the guide; `verified` means that the text named in `basis` was read."""

    label: Text
    value: Text
    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class Coded:
    """A value of an official code set, with where it comes from."""

    code: str
    name: Text
    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class Fee:
    """Whether the item costs anything, and why."""

    charged: bool
    text: Text
    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of law that a slip or screen repeats, with its basis."""

    text: Text
    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class Grounds:
    """The provisions a decision cites."""

    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter heading of the official template; `verified` when the heading itself was read."""

    key: str
    title: Text
    verified: bool
