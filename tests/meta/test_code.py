"""Rules of the house that no linter checks; each test names every place that breaks its rule."""

import ast
import functools
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("shared", "approvals", "facilities", "notifications", "gateway")
LINES = 400
CLOCK_ONLY = ("datetime.now(", "datetime.utcnow(", "date.today(", "time.time(")
MAY_ASK_THE_TIME = {"shared/clock.py", "shared/testing/databases.py"}


@functools.cache
def _sources() -> dict[str, ast.Module]:
    files = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8"))
        for path in files
        if "migrations" not in path.parts
    }


def test_a_file_is_one_thing() -> None:
    lengths = {name: len((ROOT / name).read_text("utf-8").splitlines()) for name in _sources()}
    assert {name: n for name, n in lengths.items() if n > LINES} == {}


def test_imports_stand_at_the_top() -> None:
    late = [
        f"{name}:{node.lineno}"
        for name, tree in _sources().items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert late == []


def test_public_functions_and_classes_say_what_they_mean() -> None:
    silent = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in _sources().items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]
    assert silent == []


def test_every_module_says_what_lives_in_it() -> None:
    assert [name for name, tree in _sources().items() if tree.body and not ast.get_docstring(tree)] == []


def test_time_comes_from_the_clock() -> None:
    asked = [
        f"{name}: {call}"
        for name in _sources()
        if name not in MAY_ASK_THE_TIME
        for call in CLOCK_ONLY
        if call in (ROOT / name).read_text("utf-8")
    ]
    assert asked == []


def test_pages_show_a_case_by_the_item_version_it_was_filed_under() -> None:
    may_ask_for_any = {"gateway/portal/services.py", "gateway/portal/public.py"}
    asked = [
        name
        for name in _sources()
        if name.startswith("gateway/portal/")
        and name not in may_ask_for_any
        and "load_item(" in (ROOT / name).read_text("utf-8")
    ]
    assert asked == []
