"""What every refusal has to be: a problem document that names what is wrong, and nothing changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from shared.testing.systems import SystemUnderTest

Dump = dict[str, list[str]]


def dump(system: SystemUnderTest, service: str = "enterprise") -> Dump:
    """Every row of every table of a service's database."""
    engine = system.runtime(service).database.engine
    with engine.connect() as connection:
        return {
            name: sorted(
                repr(tuple(row))
                for row in connection.execute(sa.select(sa.text("*")).select_from(sa.table(name)))
            )
            for name in sa.inspect(connection).get_table_names()
        }


@contextmanager
def nothing_changes(system: SystemUnderTest) -> Iterator[None]:
    """Fails when the block leaves another row anywhere than it found."""
    before = dump(system)
    yield
    after = dump(system)
    for name, rows in before.items():
        assert after[name] == rows, f"rows of {name} changed"


def refusal(answer: Any, status: int, slug: str | None = None) -> dict[str, Any]:
    """The problem document of an answer that has to be a refusal."""
    assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text}"
    assert answer.content_type == "application/problem+json"
    problem: dict[str, Any] = answer.json
    assert problem["status"] == status
    assert problem["title"] and problem["request_id"] and problem["instance"]
    if slug is not None:
        assert problem["type"] == f"urn:yuanban:problem:{slug}"
    return problem


def pointers(problem: dict[str, Any]) -> list[str]:
    """The places that a refusal names."""
    return [error["pointer"] for error in problem.get("errors", ())]


def wrongs(problem: dict[str, Any]) -> dict[str, str]:
    """The places that a refusal names, each with its code."""
    return {error["pointer"]: error["code"] for error in problem.get("errors", ())}
