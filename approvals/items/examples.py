"""Examples beside an item (`*_examples.yaml`): what somebody hands in, and what the item makes of it."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any

from approvals.items.loader import EXAMPLES_SUFFIX, load_reference, read_source
from approvals.items.reference import Reader
from approvals.items.source import CatalogueError
from shared.text import Text

Answers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Course:
    """What happens to the case after it was handed in; all dates are legal dates (Asia/Shanghai)."""

    received_on: date | None
    accepted_on: date | None
    stopped: tuple[tuple[date, date | None], ...]
    extended_on: date | None
    published_on: date | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """All errors and warnings as (pointer, code); what is None is not looked at."""

    errors: frozenset[tuple[str, str]]
    warnings: frozenset[tuple[str, str]]
    required_materials: frozenset[str] | None
    subject_name: str | None
    due: Mapping[str, date]


@dataclass(frozen=True, slots=True)
class Example:
    """One case in words, with the provision it is about and the rule of the form that it shows."""

    name: Text
    basis: Text | None
    rule: str | None
    answers: Answers
    materials: frozenset[str] | None
    today: date
    course: Course | None
    expected: Expectation


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """The examples of one version of an item."""

    file: str
    item: str
    version: str
    examples: tuple[Example, ...]


def load_examples(folder: Traversable) -> tuple[ExampleFile, ...]:
    """Every file of examples in a folder; raises CatalogueError with every flaw."""
    reference = load_reference(folder)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(EXAMPLES_SUFFIX))
    sources = [read_source(folder, name, "examples") for name in names]
    flaws = [flaw for source in sources for flaw in source.flaws]
    if flaws:
        raise CatalogueError(flaws)
    readers = [Reader(source, reference) for source in sources]
    files = tuple(_file(reader) for reader in readers)
    flaws = [flaw for reader in readers for flaw in reader.flaws]
    if flaws:
        raise CatalogueError(flaws)
    return files


def _file(reader: Reader) -> ExampleFile:
    data = reader.source.data
    examples = tuple(_example(reader, data, number) for number, _ in enumerate(data["examples"]))
    return ExampleFile(reader.source.file, data["item"], data["version"], examples)


def _example(reader: Reader, data: Any, number: int) -> Example:
    said, place = data["examples"][number], ("examples", number)
    given = said.get("given", {})
    answers = deepcopy(given.get("answers", data.get("base", {})))
    for pointer, value in given.get("change", {}).items():
        if not _put(answers, pointer.split("/")[2:], value):
            reader.flaw((*place, "given", "change", pointer), "leads nowhere in the answers of this example")
    materials = given.get("materials", data.get("materials"))
    return Example(
        name=Text.of(said["name"]),
        basis=reader.basis(said["basis"], (*place, "basis")),
        rule=said.get("rule"),
        answers=answers,
        materials=None if materials is None else frozenset(materials),
        today=date.fromisoformat(given.get("today", data["today"])),
        course=_course(given),
        expected=_expectation(said["expect"]),
    )


def _put(answers: Any, path: list[str], value: Any) -> bool:
    """Set, append (one past the last row) or, with None, take out what stands at `path`."""
    *way, last = path
    for part in way:
        if isinstance(answers, dict):
            answers = answers.setdefault(part, {})
        elif isinstance(answers, list) and part.isdigit() and int(part) < len(answers):
            answers = answers[int(part)]
        else:
            return False
    if isinstance(answers, dict):
        if value is None:
            answers.pop(last, None)
        else:
            answers[last] = value
        return True
    if isinstance(answers, list) and last.isdigit() and int(last) <= len(answers):
        answers[int(last) : int(last) + 1] = [] if value is None else [value]
        return True
    return False


def _course(given: Mapping[str, Any]) -> Course | None:
    accepted = given.get("accepted_on")
    received = given.get("received_on", accepted)
    if received is None and "published_on" not in given:
        return None
    return Course(
        received_on=_day(received),
        accepted_on=_day(accepted),
        stopped=tuple(
            (date.fromisoformat(entry["from"]), _day(entry.get("to"))) for entry in given.get("stopped", [])
        ),
        extended_on=_day(given.get("extended_on")),
        published_on=_day(given.get("published_on")),
    )


def _day(said: str | None) -> date | None:
    return None if said is None else date.fromisoformat(said)


def _expectation(said: Mapping[str, Any]) -> Expectation:
    needed = said.get("required_materials")
    return Expectation(
        errors=frozenset((entry["at"], entry["code"]) for entry in said.get("errors", [])),
        warnings=frozenset((entry["at"], entry["code"]) for entry in said.get("warnings", [])),
        required_materials=None if needed is None else frozenset(needed),
        subject_name=said.get("subject_name"),
        due={key: date.fromisoformat(day) for key, day in said.get("due", {}).items()},
    )
