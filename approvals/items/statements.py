"""Single statements of an item: a text, whether it was verified, and what it rests on."""

from dataclasses import dataclass

from shared.text import Text


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
