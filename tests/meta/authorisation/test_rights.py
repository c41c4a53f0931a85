"""Every operation of the published API answers everybody as `docs/rights.md` says, and tells no more."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from shared.clock import ManualClock
from shared.http.paging import MAX_PAGE
from shared.service import installed_services
from shared.testing.answers import ID_NUMBERS
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.conftest import MONDAY_MORNING
from tests.meta.authorisation.known import Known, known
from tests.meta.authorisation.table import CALLERS, DOCUMENT, Row, read_rows, spread
from tests.meta.authorisation.world import World
from tests.park.park import API
from tests.park.people import HOLDER, NOBODY
from tests.park.requests import Operation, Request, general, sound_request
from tests.park.scene import Scene
from tests.park.scenes import SCENES, SECRET
from tests.unit.pdf_text import texts

SERVICES = [service.name for service in installed_services()]
ROWS = spread(read_rows(DOCUMENT.read_text("utf-8")), SERVICES)
PAGING = {"cursor", "limit"}
MOBILES = ("13800000001", "13800000003", "13800000004")
NOBODYS = {"uscc": "91990101MA0NOBODYX"}
"""An id of nothing at all, where it is no UUID."""


@pytest.fixture(scope="module")
def world(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    clock = ManualClock(MONDAY_MORNING)
    factory = SystemFactory(sqlite_databases, tmp_path_factory.mktemp("rights"), clock)
    with capture_logs():
        world = World(factory, clock, {row.object for row in ROWS})
        yield world
        world.close()
        factory.close()


def test_every_operation_of_the_document_is_in_the_table_and_no_other(world: World) -> None:
    described = {str(general(each, SERVICES)) for each in world.operations}
    in_table = {str(row.operation) for row in read_rows(DOCUMENT.read_text("utf-8"))}
    assert sorted(described - in_table) == [], f"add a row to {DOCUMENT} for each of these"
    assert sorted(in_table - described) == [], f"{DOCUMENT} has rows for what is not there any more"


def test_what_the_document_calls_public_needs_no_token_and_nothing_else(world: World) -> None:
    for operation, said in world.operations.items():
        statuses = {row.cells[NOBODY].status for row in ROWS if row.operation == operation}
        assert (401 not in statuses) == said.public, operation


def test_every_route_is_in_the_document(world: World) -> None:
    """What is not described would not be in the table either."""
    described = {(each.method, API + each.path) for each in world.operations}
    for service in SERVICES:
        for rule in world.park.system.app(service).url_map.iter_rules():
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            if not path.startswith(f"{API}/") or path.endswith("openapi.json") or rule.endpoint == "proxy":
                continue
            path = path.replace(f"{API}/enterprise/verify/", f"{API}/verify/")  # its short name
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                assert (method, path) in described


def test_every_row_is_about_an_object_that_can_be_made() -> None:
    unknown = {row.object for row in ROWS} - set(SCENES)
    assert sorted(unknown) == [], "tests/park/scenes.py does not know these objects"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_is_answered_as_the_table_says(world: World, row: Row) -> None:
    scene = world.scenes[row.object]
    request = sound_request(row.operation, scene, SERVICES)
    wrong = []
    for caller, expected in row.cells.items():
        who = scene.holder if caller == HOLDER else caller
        assert who is not None, f"nobody holds the claim of “{row.object}”: its cell must be –"
        with world.put_back() as changed:
            answer = _send(world, who, request)
        said = f"{answer.status_code} {_words(world, who, row, answer)}".strip()
        if said != f"{expected.status} {expected.words}".strip():
            wrong.append(f"{caller}: {said} instead of {expected.status} {expected.words}")
        if changed and (expected.is_refusal or row.operation.method == "GET"):
            wrong.append(f"{caller}: changed the database of {', '.join(changed)}")
        if answer.status_code >= 400:
            wrong += [f"{caller}: {each}" for each in _leaks(world, who, row, scene, answer)]
    assert not wrong, f"{row}\n" + "\n".join(wrong)


@pytest.mark.parametrize("row", [row for row in ROWS if row.operation.method != "GET"], ids=str)
def test_somebody_may_do_it(row: Row) -> None:
    """A row in which everybody is refused says nothing unless another state of the object is let through."""
    allowed = [
        caller
        for other in ROWS
        if other.operation == row.operation
        for caller, expected in other.cells.items()
        if not expected.is_refusal
    ]
    assert allowed, f"{row.operation}: nobody is let through, so its refusals may be about something else"


LISTS = [row for row in ROWS if row.operation.method == "GET" and not row.operation.variables]


@pytest.mark.parametrize("row", LISTS, ids=str)
def test_a_search_shows_nothing_that_the_list_does_not(world: World, row: Row) -> None:
    """Every query parameter of the document is tried, and what it finds are entries the caller may see."""
    entries = known(world.park, row.operation.path)
    parameters = _parameters(world, row.operation)
    if entries is None:
        assert not parameters or row.cells[NOBODY].status == 200, "say in known.py what this list may show"
        return
    may_see = {
        caller: entries.entries(world.park, caller, expected.words, every=True)
        for caller, expected in row.cells.items()
        if parameters and not expected.is_refusal
    }
    found: dict[str, int] = {}
    for name, values in _searches(entries, parameters, row).items():
        for value in values:
            for caller, expected in row.cells.items():
                query = {name: value, "limit": MAX_PAGE}
                answer = world.park.ask(caller, "GET", row.operation.path, query_string=query)
                assert answer.status_code == expected.status, f"{caller}: ?{name}={value}"
                if expected.is_refusal:
                    continue
                seen = set(entries.shown(answer))
                assert seen <= may_see[caller], f"{caller}: ?{name}={value} shows more than the list"
                found[name] = found.get(name, 0) + len(seen)
    assert all(found.values()), f"a search that never finds anything proves nothing: {found}"


@pytest.mark.parametrize("row", LISTS, ids=str)
def test_pages_and_counts_show_nothing_more_either(world: World, row: Row) -> None:
    """A list is read on with the cursor of somebody who sees everything; numbers count what is visible."""
    entries = known(world.park, row.operation.path)
    if entries is None:
        return
    path = row.operation.path
    cursors = []
    for caller, expected in row.cells.items():
        if expected.is_refusal:
            continue
        first = world.park.ask(caller, "GET", f"{path}?limit=1").json
        if first["next"] is not None:
            cursors.append(first["next"])
        visible = entries.entries(world.park, caller, expected.words, every=True)
        numbers = [*first.get("counts", {}).values(), first.get("unread", 0)]
        assert max(numbers) <= len(visible), f"{caller}: counts what is not shown"
    for caller, expected in row.cells.items():
        for cursor in set(cursors):
            query = {"cursor": cursor, "limit": MAX_PAGE}
            answer = world.park.ask(caller, "GET", path, query_string=query)
            assert answer.status_code == expected.status
            if not expected.is_refusal:
                assert set(entries.shown(answer)) <= entries.entries(world.park, caller, expected.words), (
                    caller
                )


def test_the_columns_are_everybody() -> None:
    for row in ROWS:
        missing = set(CALLERS) - set(row.cells) - {HOLDER}
        assert not missing, f"{row}: only “{HOLDER}” may be left out, not {missing}"


def _send(world: World, caller: str, request: Request) -> Any:
    return world.park.ask(caller, request.method, request.path, **request.options)


def _words(world: World, caller: str, row: Row, answer: Any) -> str:
    """How much an answer shows, in the words of the table."""
    if answer.status_code >= 400 or row.operation.method != "GET":
        return ""
    entries = known(world.park, row.operation.path)
    if entries is not None:
        return _seen(world, caller, row, entries)
    if not any(expected.words for expected in row.cells.values()):
        return "" if not _secrets(world, answer) else "whole"
    return "whole" if _secrets(world, answer) else "masked"


def _seen(world: World, caller: str, row: Row, entries: Known) -> str:
    """The cell's own words if the list shows exactly that, else how far it is from it."""
    seen: list[str] = []
    query: dict[str, Any] | None = {"limit": MAX_PAGE}
    while query is not None:
        answer = world.park.ask(caller, "GET", row.operation.path, query_string=query)
        if _secrets(world, answer):
            return "with what only the whole document may show"
        seen += entries.shown(answer)
        following = answer.json["next"]
        query = {"limit": MAX_PAGE, "cursor": following} if following else None
    words = row.cells[caller].words
    expected = entries.entries(world.park, caller, words)
    if sorted(seen) == sorted(expected):
        return words
    return f"{len(set(seen) - expected)} too many and {len(expected - set(seen))} too few of “{words}”,"


def _secrets(world: World, answer: Any) -> set[str]:
    """What only those may read whose task needs it, as far as it stands in the answer."""
    is_pdf = answer.mimetype == "application/pdf"
    text = "".join(texts(answer.data)) if is_pdf else answer.data.decode(errors="replace")
    return {each for each in (*ID_NUMBERS, *MOBILES, *world.query_codes, SECRET) if each in text}


def _leaks(world: World, caller: str, row: Row, scene: Scene, answer: Any) -> list[str]:
    """What a refusal gives away: anything of the object, or that there is one."""
    found = []
    if answer.mimetype != "application/problem+json":
        found.append(f"refused with {answer.mimetype}")
    if _secrets(world, answer):
        found.append("the refusal shows personal data")
    if answer.status_code == 404:
        nothing = {name: NOBODYS.get(name, str(UUID(int=1))) for name in row.operation.variables[:1]}
        other = Scene({**scene.ids, **nothing}, scene.versions, bodies=scene.bodies)
        with world.put_back():
            none_at_all = _send(world, caller, sound_request(row.operation, other, SERVICES))
        if _said(none_at_all) != _said(answer):
            found.append(f"where nothing is at all the answer is {_said(none_at_all)}, not {_said(answer)}")
    return found


def _said(answer: Any) -> tuple[int, list[Any]]:
    return answer.status_code, [answer.json.get(name) for name in ("type", "title", "detail")]


def _parameters(world: World, operation: Operation) -> dict[str, list[str]]:
    """Query parameters other than those of paging, with the values that the document lists."""
    said = world.operations[operation]
    return {
        each["name"]: [value for value in each["schema"].get("enum", ()) if value is not None]
        for each in said.parameters
        if each["in"] == "query" and each["name"] not in PAGING
    }


def _searches(entries: Known, parameters: dict[str, list[str]], row: Row) -> dict[str, tuple[str, ...]]:
    """Values to try for every query parameter."""
    values = {name: entries.searches.get(name, tuple(listed)) for name, listed in parameters.items()}
    missing = [name for name, tried in values.items() if not tried]
    assert not missing, f"{row.operation}: say in known.py what to search for by {missing}"
    return values
