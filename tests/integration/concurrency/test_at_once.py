"""What the API promises about repeated and simultaneous requests, for every operation of its document.

A request for each comes from the first row of `docs/rights.md` in which somebody is let through, so that a
new operation is tried as soon as it has its row there. On PostgreSQL, where commands run side by side.
"""

import zlib
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from structlog.testing import capture_logs

from approvals.casefile import opening
from shared.clock import ManualClock
from shared.service import installed_services
from shared.testing.databases import Databases
from shared.testing.systems import SystemFactory
from tests.conftest import MONDAY_MORNING
from tests.integration.concurrency.at_once import at_once, effect
from tests.meta.authorisation.table import DOCUMENT, read_rows, spread
from tests.park.machines import booked
from tests.park.park import Park
from tests.park.people import HOLDER
from tests.park.requests import Operation, Request, general, operations, sound_request
from tests.park.scenes import SCENES

pytestmark = pytest.mark.postgres

SERVICES = [service.name for service in installed_services()]
CLIENTS = 6
MANY_CLIENTS = 20
ROUNDS = 1
MANY_ROUNDS = 25

WITHOUT_KEY = {
    "POST /auth/token": "nobody is signed in yet whose key it could be",
    "POST /enterprise/cases/{case_id}/check": "it changes nothing",
    "POST /enterprise/handovers/{reference}/reports": "its steps are numbered, and each is taken once",
    "POST /living/parking/orders": "anybody may ask; the second order takes the place of the first",
    "POST /living/parking/payment-callbacks/{provider}": "each reference counts once",
    "POST /living/parking/sandbox/pay": "what is paid stays paid",
    "POST /living/parking/coupons/{code}/apply": "a coupon is used once",
    "POST /living/parking/gate-events": "a device numbers its events, and each counts once",
    "POST /living/parking/barrier-openings": "a device numbers its events, and each counts once",
    "POST /living/parking/charging-events": "a point numbers its charges, and each phase of one counts once",
    "POST /living/parking/lanes/{lane_id}/tickets": "a driver who scans again gets the same ticket",
    "POST /living/parking/tariffs/try": "it changes nothing",
    "POST /living/parking/lots/{lot_id}/tariffs/try": "it changes nothing",
}
WITHOUT_VERSION = {
    "POST /enterprise/cases/{case_id}/check": "it changes nothing",
    "POST /enterprise/handovers/{reference}/reports": "its steps are numbered, and each is taken once",
    "POST /notifications/messages/{message_id}/read": "repeating it changes nothing",
    "POST /living/parking/payment-callbacks/{provider}": "each reference counts once",
    "POST /living/parking/coupons/{code}/apply": "a coupon is used once",
    "POST /living/parking/stays/{stay_id}/cash": "it adds, and the number of a receipt counts once",
    "POST /living/parking/payments/{payment_id}/refund": "it adds, and never more than was paid",
    "POST /living/parking/refunds/{refund_id}/retry": "only what has failed is tried again",
    "POST /living/parking/lots/{lot_id}/reconciliation": "made twice it says the same",
    "POST /living/parking/differences/{difference_id}/settle": "it is settled once",
    "POST /living/parking/lanes/{lane_id}/open": "it adds: each time the barrier opens",
    "POST /living/parking/lanes/{lane_id}/tickets": "a driver who scans again gets the same ticket",
    "POST /living/parking/zones/{zone_id}/count": "it says how many are there, whatever was known",
    "POST /living/parking/lots/{lot_id}/stock-take": "it says what is there, whatever was known",
    "POST /living/parking/cars/{car_id}/remove": "a plate has no versions: it is there or not",
    "POST /enterprise/notices/{notice_id}/objections": "it adds, and each account does so once",
    "POST /living/parking/lots/{lot_id}/tariffs/try": "it changes nothing",
    "POST /living/parking/lots/{lot_id}/listings": "it adds, and each vehicle is on a list once",
    "POST /living/parking/lots/{lot_id}/listings/{listing_id}/remove": "an entry never changes",
    "POST /production/firm-payments/{payment_id}/take-back": "an entry never changes, and is undone once",
}
LOSERS = {
    "DELETE /enterprise/cases/{case_id}": (404, "not-found"),
    "DELETE /enterprise/cases/{case_id}/materials/{code}": (404, "not-found"),
    "POST /{service}/stuck-events/{stuck_id}/discard": (409, "not-stuck"),
    "POST /production/machine-bookings/{booking_id}/disputes": (409, "dispute-open"),
    "POST /production/machine-bookings/{booking_id}/ratings": (409, "rated-already"),
}
"""What the loser is told where the winner left no version to compare with (RFC 9110, 13.2.1).

Or none that has changed: a dispute and a rating stand beside the booking."""


def _tried() -> dict[Operation, tuple[str, str]]:
    """For every operation that changes something: an object and somebody who may do it."""
    found: dict[Operation, tuple[str, str]] = {}
    for row in spread(read_rows(DOCUMENT.read_text("utf-8")), SERVICES):
        allowed = [caller for caller, expected in row.cells.items() if not expected.is_refusal]
        if allowed and row.operation.method != "GET":
            found.setdefault(row.operation, (row.object, HOLDER if HOLDER in allowed else allowed[0]))
    return found


TRIED = _tried()
KEYED = [each for each in TRIED if each.method == "POST" and str(each) not in WITHOUT_KEY]
GUARDED = [each for each in TRIED if each.variables and str(each) not in WITHOUT_VERSION]
RACED_BY_KEY = [each for each in KEYED if each not in GUARDED or zlib.crc32(str(each).encode()) % 2]
RACED_BY_VERSION = [each for each in GUARDED if each not in RACED_BY_KEY]
"""Every operation is raced every day; what can be raced in both ways, in one. `make test-full` does both."""
_keys = count(1)


@pytest.fixture(scope="module")
def park(postgres_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Park]:
    """One for all: every request is about an object of its own."""
    clock = ManualClock(MONDAY_MORNING)
    factory = SystemFactory(postgres_databases, tmp_path_factory.mktemp("at-once"), clock)
    with capture_logs():
        park = Park(factory)
        park.found_organisations()  # what organisations alone apply for is sent at once, too
        booked(park, "confirm")  # the first charge of all opens the books, which none after it does
        yield park
        factory.close()


def prepared(park: Park, operation: Operation) -> tuple[str, Request]:
    """A fresh object, and who asks what about it."""
    name, caller = TRIED[operation]
    scene = SCENES[name](park)
    who = scene.holder or "" if caller == HOLDER else caller
    return who, sound_request(operation, scene, SERVICES)


def slug(answer: Any) -> str:
    """The kind of a refusal."""
    return str(answer.json["type"]).rpartition(":")[2]


def test_every_post_takes_a_key_and_is_tried_with_it(park: Park) -> None:
    described = operations(park.description())
    posts = {each: said for each, said in described.items() if each.method == "POST"}
    unkeyed = {str(each) for each, said in posts.items() if not said.keyed}
    assert unkeyed == set(WITHOUT_KEY), "a POST honours Idempotency-Key, or it is said here why not"
    missing = set(map(str, posts)) - set(WITHOUT_KEY) - set(map(str, KEYED))
    assert sorted(missing) == [], f"nobody is let through in {DOCUMENT}, so these cannot be tried"


def test_every_change_of_something_asks_for_its_version_and_is_tried_with_it(park: Park) -> None:
    described = operations(park.description())
    changes = {each: said for each, said in described.items() if each.method != "GET" and each.variables}
    unguarded = {str(each) for each, said in changes.items() if said.header("If-Match") is None}
    assert unguarded == set(WITHOUT_VERSION), "a change asks for If-Match, or it is said here why not"
    missing = set(map(str, changes)) - set(WITHOUT_VERSION) - set(map(str, GUARDED))
    assert sorted(missing) == [], f"nobody is let through in {DOCUMENT}, so these cannot be tried"


def same_key_at_once(park: Park, operation: Operation, keys: list[str]) -> None:
    """Fails unless the same request with these keys, all at once, does what one does, and says so to all."""
    who, request = prepared(park, operation)
    with effect(park) as of_one:
        only = at_once(park, who, [request.with_headers(Idempotency_Key=f"alone-{next(_keys)}")])[0]
    assert only.status_code < 300, only.text
    who, request = prepared(park, operation)
    with effect(park) as of_all:
        answers = at_once(park, who, [request.with_headers(Idempotency_Key=key) for key in keys])
    said = {(a.status_code, a.headers.get("ETag"), a.headers.get("Location"), a.data) for a in answers}
    assert len(said) == 1, f"{len(said)} different answers: {sorted({a.status_code for a in answers})}"
    assert answers[0].status_code == only.status_code, answers[0].text
    assert of_all == of_one
    first = [answer for answer in answers if "Idempotent-Replayed" not in answer.headers]
    assert len(first) == 1


@pytest.mark.parametrize("operation", RACED_BY_KEY, ids=str)
def test_the_same_key_many_times_at_once_has_one_effect_and_one_answer(
    park: Park, operation: Operation
) -> None:
    same_key_at_once(park, operation, [f"same-{next(_keys)}"] * CLIENTS)


@pytest.mark.slow
@pytest.mark.parametrize("operation", KEYED, ids=str)
def test_the_same_key_twenty_times_at_once_has_one_effect_and_one_answer(
    park: Park, operation: Operation
) -> None:
    same_key_at_once(park, operation, [f"same-{next(_keys)}"] * MANY_CLIENTS)


def test_as_many_keys_would_be_told_from_one(park: Park) -> None:
    """The check above can fail: as many keys as requests have as many effects."""
    start = Operation("/enterprise/cases", "POST")
    with pytest.raises(AssertionError):
        same_key_at_once(park, start, [f"other-{next(_keys)}" for _ in range(CLIENTS)])


def one_of_two_wins(park: Park, operation: Operation) -> None:
    """Fails unless, of two clients that saw the same version, one is let through and one is refused."""
    who, request = prepared(park, operation)
    assert "If-Match" in request.options["headers"], f"{operation}: its object has no version"
    assert park.ask(who, request.method, request.path, **_without_version(request)).status_code == 428
    answers = at_once(park, who, [request, request])
    winners = [answer for answer in answers if answer.status_code < 300]
    assert len(winners) == 1, [(answer.status_code, answer.text) for answer in answers]
    loser = answers[1 - answers.index(winners[0])]
    expected = LOSERS.get(str(general(operation, SERVICES)), (412, "stale-version"))
    assert (loser.status_code, slug(loser)) == expected, loser.text
    now = park.ask(who, "GET", request.path)
    # What is added to a list has its version; the list has none.
    if now.status_code == 200 and "ETag" in now.headers and "ETag" in winners[0].headers:
        assert now.headers["ETag"] == winners[0].headers["ETag"]


def _without_version(request: Request) -> dict[str, Any]:
    headers = {name: value for name, value in request.options["headers"].items() if name != "If-Match"}
    return {**request.options, "headers": headers}


@pytest.mark.parametrize("operation", RACED_BY_VERSION, ids=str)
def test_of_two_clients_with_the_same_version_one_wins(park: Park, operation: Operation) -> None:
    for _ in range(ROUNDS):
        one_of_two_wins(park, operation)


@pytest.mark.slow
@pytest.mark.parametrize("operation", GUARDED, ids=str)
def test_of_two_clients_with_the_same_version_one_wins_every_time(park: Park, operation: Operation) -> None:
    for _ in range(MANY_ROUNDS):
        one_of_two_wins(park, operation)


def test_two_winners_would_be_noticed(park: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check above can fail: without the comparison of versions both are let through."""
    monkeypatch.setattr(opening, "require_version", lambda _version: None)
    with pytest.raises(AssertionError):
        one_of_two_wins(park, Operation("/enterprise/cases/{case_id}", "PATCH"))


def test_of_two_first_uploads_one_wins(park: Park) -> None:
    who, request = prepared(park, Operation("/enterprise/cases/{case_id}/materials/{code}", "PUT"))
    assert park.ask(who, "DELETE", request.path, headers=request.options["headers"]).status_code == 200
    first = Request(request.method, request.path, _without_version(request)).with_headers(If_None_Match="*")
    answers = at_once(park, who, [first, first])
    assert sorted(answer.status_code for answer in answers) == [201, 412]
