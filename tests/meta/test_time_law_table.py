"""The tables of rules in the clock package are true: each function and each test that they name is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from approvals.cases import clock

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?P<rule>[^|]+) \| (?P<article>[^|]+) \| (?P<where>[^|]+) \| (?P<test>[^|]+) \|$")
ROWS = [found for line in (clock.__doc__ or "").splitlines() if (found := ROW.match(line))]
RULES = [row for row in ROWS if row["rule"] not in {"rule", "---"}]


def _tests_in(name: str) -> Iterator[str]:
    (source,) = (ROOT / "tests").rglob(f"{name}.py")
    for node in ast.parse(source.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name


@pytest.mark.parametrize("row", RULES, ids=lambda row: row["rule"])
def test_what_a_rule_names_is_there(row: re.Match[str]) -> None:
    package = ROOT / "approvals" / "cases" / "clock"
    written = {node for source in package.glob("*.py") for node in _defined(source)}
    for named in re.findall(r"`([^`]+)`", row["where"]):
        elsewhere = (ROOT / "approvals" / named / "__init__.py").is_file()
        assert elsewhere or named.rpartition(".")[2] in written, named
    test_file, _, _names = row["test"].rpartition(": ")
    tests = list(_tests_in(test_file or "test_time_law"))
    for part in re.findall(r"`([^`]+)`", row["test"]):
        assert any(part in name for name in tests), part


def _defined(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node.name


def test_every_rule_of_the_law_of_time_is_in_the_tables() -> None:
    said = " ".join(row["article"] for row in RULES)
    for article in (
        "32(3)",
        "32(4)",
        "34",
        "42",
        "43",
        "44",
        "45",
        "47",
        "48",
        "50",
        "58",
        "82",
        "201",
        "203",
    ):
        assert article in said, article
    assert "36(2)" in said and "716 7" in said and "716 8–12" in said
