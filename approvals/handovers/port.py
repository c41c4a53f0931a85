"""The port: what Yuanban asks of an authority's own system, whatever that system is.

Everything is named by a reference that stays the same, so that asking again changes nothing there.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from shared.text import Text


class StepKind(StrEnum):
    """What an authority tells of; the numbers are those of the national event codes."""

    RECEIVED = "received"  # 1
    ACCEPTED = "accepted"  # 3
    NOT_ACCEPTED = "not_accepted"  # 5
    CORRECTION_REQUESTED = "correction_requested"  # 6
    CORRECTION_ANSWERED = "correction_answered"  # 7
    PROCEDURE_STARTED = "procedure_started"  # 9
    PROCEDURE_ENDED = "procedure_ended"  # 10
    GRANTED = "granted"  # 11
    REFUSED = "refused"  # 13
    WITHDRAWN = "withdrawn"  # 2, 14


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that has to be corrected: a field (`/answers/…`) or a material (`/materials/…`)."""

    target: str
    requirement: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """A special procedure; `expected_days` is in working days, as the applicant was told."""

    kind: str
    expected_days: int
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the authority has issued; its content is asked for by `id`."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `effective_on` is its legal date (Asia/Shanghai). Steps are numbered from 1 without gaps."""

    number: int
    kind: StepKind
    effective_on: date
    text: str = ""
    """What the authority says of it, in Chinese; the applicant reads it."""
    points: tuple[Point, ...] = ()
    procedure: Procedure | None = None
    documents: tuple[Document, ...] = ()

    @property
    def digest(self) -> str:
        """Tells whether a step that comes again says the same."""
        said = json.dumps(asdict(self), default=str, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Report:
    """Every step so far, oldest first."""

    reference: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The system has taken it. `number` is the authority's own receipt number (收件编号)."""

    number: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """The system has taken note and will not do it; asking again is of no use."""

    code: str
    """`decided`: it is too late. `not-waiting`: nothing is asked for. `invalid`: it cannot be read."""
    reason: str


@dataclass(frozen=True, slots=True)
class File:
    """A material to go along; `content` reads it when it is sent."""

    code: str
    name: str
    media_type: str
    size: int
    sha256: str
    content: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Filing:
    """What is handed over: the facts of an application and its materials."""

    facts: Mapping[str, Any]
    files: tuple[File, ...] = ()


class Unreachable(Exception):  # noqa: N818 - what it says of the system
    """Nobody knows whether it was done: no answer, one that cannot be read, or a fault over there."""


Taken = Receipt | Rejection


class OutsideSystem(Protocol):
    """An authority's own system. Every call ends within its time limits and may raise Unreachable."""

    name: Text
    """What people read: the system's, never a person's."""

    def file(self, reference: str, filing: Filing) -> Taken:
        """Hand an application over."""
        ...

    def answer(self, reference: str, number: int, filing: Filing) -> Taken:
        """Hand over the answer to a correction notice, as the `number`-th message of the case."""
        ...

    def withdraw(self, reference: str, reason: str) -> Taken:
        """Take the application back."""
        ...

    def status(self, reference: str) -> Report:
        """What has happened so far."""
        ...

    def document(self, reference: str, document: Document) -> bytes:
        """The content of a document, exactly as its size and digest say; Unreachable otherwise."""
        ...


@dataclass(frozen=True, slots=True)
class Connection:
    """A connected system, and how often it is asked."""

    system: OutsideSystem
    poll_s: float
    callback_secret: str = ""
    """Signs what the system pushes; empty: it may not push."""


@dataclass(frozen=True, slots=True)
class Connections:
    """The systems that this installation is connected to, by the names that items use."""

    by_name: Mapping[str, Connection]

    def get(self, name: str | None) -> Connection | None:
        """The connection, or None where there is none."""
        return self.by_name.get(name) if name is not None else None
