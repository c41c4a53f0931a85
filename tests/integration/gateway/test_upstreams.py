"""Services that hang up, wait or are gone: what is tried again, how long, and when they are left alone."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry

from gateway.routing import dispatch
from gateway.routing.routes import BREAKER, Route, route_of
from gateway.routing.upstreams import Upstreams
from shared.errors import TimedOut, Unavailable
from shared.http.app import create_app
from shared.network import (
    Body,
    BodyStream,
    HttpUpstream,
    Network,
    TimeLimits,
    UpstreamError,
    UpstreamResponse,
)
from shared.testing.systems import SystemUnderTest

from .conftest import GatewayClient
from .moody import HEADS, PROBLEM, MoodyServer, moody_server

CASES = "/api/v1/enterprise/cases"


@pytest.fixture
def service() -> Iterator[MoodyServer]:
    """The service behind the edge, in a process of its own as far as the edge can see."""
    with moody_server() as server:
        yield server


@pytest.fixture
def client(sqlite_system: SystemUnderTest, service: MoodyServer) -> Iterator[GatewayClient]:
    """An edge that reaches it over HTTP."""
    upstream = HttpUpstream(service.url)
    app = create_app(sqlite_system.runtime("gateway"), Network({"enterprise": upstream}, "gateway"))
    yield GatewayClient(sqlite_system, app.test_client(use_cookies=False)).sign_in("agent")
    upstream.close()


KEY = {"Idempotency-Key": "k-1"}


@pytest.mark.parametrize(
    ("method", "headers", "is_repeated"),
    [
        ("GET", {}, True),
        ("HEAD", {}, True),
        ("POST", KEY, True),
        ("POST", {}, False),
        ("PUT", KEY, False),
        ("PATCH", KEY, False),
        ("DELETE", KEY, False),
    ],
)
def test_only_what_is_safe_is_sent_a_second_time(
    client: GatewayClient, service: MoodyServer, method: str, headers: dict[str, str], is_repeated: bool
) -> None:
    service.moods.append("hang up")

    answer = client.send(method, CASES, headers=headers, buffered=True)

    assert answer.status_code == (200 if is_repeated else 503)
    assert service.asked == [(method, headers.get("Idempotency-Key", ""))] * (2 if is_repeated else 1)


@pytest.mark.parametrize(
    ("method", "path", "mood"),
    [
        ("GET", CASES, "500 text/plain"),
        ("GET", CASES, f"503 {PROBLEM}"),
        ("POST", CASES, f"409 {PROBLEM}"),
    ],
)
def test_whoever_was_answered_does_not_ask_again(
    client: GatewayClient, service: MoodyServer, method: str, path: str, mood: str
) -> None:
    service.moods.append(mood)

    answer = client.send(method, path, headers=KEY, buffered=True)

    assert answer.status_code == int(mood[:3])
    assert len(service.asked) == 1


def test_a_file_on_its_way_is_not_sent_twice(client: GatewayClient, service: MoodyServer) -> None:
    service.moods.append("hang up")

    answer = client.post(f"{CASES}/1/materials/articles", data=b"%PDF", headers=KEY)

    assert answer.status_code == 503
    assert len(service.asked) == 1


def test_nothing_is_sent_a_third_time(client: GatewayClient, service: MoodyServer) -> None:
    service.moods.extend(["hang up", "hang up"])

    assert client.get(CASES).status_code == 503
    assert len(service.asked) == 2


@pytest.mark.parametrize("mood", HEADS)
def test_an_answer_that_could_be_a_part_of_one_is_none(
    client: GatewayClient, service: MoodyServer, mood: str
) -> None:
    service.moods.append(mood)

    answer = client.get(CASES)

    assert (answer.status_code, answer.content_type) == (503, PROBLEM)
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("mood", "status"), [("502 text/html", 503), ("503 text/plain", 503), ("504 text/html", 504)]
)
def test_what_something_on_the_way_answers_is_put_in_our_words(
    client: GatewayClient, service: MoodyServer, mood: str, status: int
) -> None:
    service.moods.append(mood)

    answer = client.send("POST", CASES, headers=KEY, buffered=True)

    assert (answer.status_code, answer.content_type) == (status, PROBLEM)
    assert len(service.asked) == 1


def test_an_answer_that_has_begun_is_not_begun_anew(client: GatewayClient, service: MoodyServer) -> None:
    service.moods.append("half")

    with client.get(CASES) as answer, pytest.raises(UpstreamError):  # the server hangs up at this point
        answer.get_data()

    assert len(service.asked) == 1


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Routes whose time is nearly up when it begins."""

    def shorter(method: str, path: str) -> Route:
        return replace(route_of(method, path), times=TimeLimits(answer_s=0.1))

    monkeypatch.setattr(dispatch, "route_of", shorter)


@pytest.mark.parametrize(("method", "is_unsure"), [("GET", False), ("POST", True)])
def test_a_service_that_takes_too_long_is_told_from_one_that_is_not_there(
    client: GatewayClient, service: MoodyServer, impatient: None, method: str, is_unsure: bool
) -> None:
    service.moods.append("wait")

    answer = client.send(method, CASES, headers={"Accept-Language": "en", **KEY})

    assert answer.status_code == 504
    assert answer.content_type == PROBLEM
    problem = answer.get_json()
    assert problem["type"] == "urn:yuanban:problem:timed-out"
    assert ("may have been carried out" in problem.get("detail", "")) is is_unsure
    assert len(service.asked) == 1, "what may be under way is not sent again"


def test_a_service_that_is_gone_is_left_alone_and_the_edge_says_until_when(
    client: GatewayClient, service: MoodyServer
) -> None:
    service.moods.extend(["hang up"] * BREAKER.failures)
    for _ in range(BREAKER.failures):
        answer = client.post(CASES)
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, None)

    refused = client.get(CASES)

    assert refused.status_code == 503
    assert refused.get_json()["type"] == "urn:yuanban:problem:unavailable"
    assert 0 < int(refused.headers["Retry-After"]) <= BREAKER.pause_s
    assert len(service.asked) == BREAKER.failures, "nobody was asked"
    assert client.get("/readyz").status_code == 200, "one service is down, the edge is not"
    figures = client.get("/metrics").text
    assert 'yuanban_upstream_breaker{upstream="enterprise"} 2.0' in figures
    assert 'yuanban_upstream_refused_total{upstream="enterprise"} 1.0' in figures
    assert 'yuanban_upstream_failures_total{kind="gone",upstream="enterprise"} 5.0' in figures


class Caller:
    """The ways to the services, with a clock that moves when told."""

    def __init__(self, upstream: HttpUpstream) -> None:
        self.seconds = 0.0
        self._upstreams = Upstreams(
            Network({"enterprise": upstream}, "gateway"), CollectorRegistry(), lambda: self.seconds
        )

    def post(self, body: Body = b"") -> UpstreamResponse:
        """A request that is never repeated."""
        return self._upstreams.call(
            "enterprise", "POST", "/", query="", headers={}, body=body, limits=TimeLimits(answer_s=0.1)
        )

    @property
    def state(self) -> str:
        """Of the service."""
        return str(self._upstreams.state("enterprise"))


@pytest.fixture
def caller(service: MoodyServer) -> Iterator[Caller]:
    """Calls the service directly."""
    upstream = HttpUpstream(service.url)
    yield Caller(upstream)
    upstream.close()


@pytest.mark.parametrize("mood", ["hang up", "wait", "502 text/html", "503 text/plain", "504 text/html"])
def test_failures_of_the_way_count_and_after_a_pause_one_call_finds_out(
    caller: Caller, service: MoodyServer, mood: str
) -> None:
    service.moods.extend([mood] * BREAKER.failures)
    for _ in range(BREAKER.failures):
        try:
            caller.post().read()
        except (Unavailable, TimedOut):
            pass
    assert caller.state == "open"

    caller.seconds += BREAKER.pause_s
    assert caller.state == "half-open"
    assert caller.post().read() == b"{}"
    assert caller.state == "closed"


@pytest.mark.parametrize("mood", ["500 text/plain", f"503 {PROBLEM}", f"404 {PROBLEM}", f"409 {PROBLEM}"])
def test_what_a_service_answers_itself_does_not_count(
    caller: Caller, service: MoodyServer, mood: str
) -> None:
    service.moods.extend([mood] * (BREAKER.failures + 1))
    for _ in range(BREAKER.failures + 1):
        caller.post().read()

    assert caller.state == "closed"


class GaveUpError(Exception):
    """The client of the edge hung up."""


def test_clients_that_give_up_do_not_bring_a_service_into_disrepute(
    caller: Caller, service: MoodyServer
) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"a part"
        raise GaveUpError

    for _ in range(BREAKER.failures + 1):
        with pytest.raises(GaveUpError):
            caller.post(BodyStream(chunks(), 100))
    assert caller.state == "closed"

    service.moods.extend(["hang up"] * BREAKER.failures)
    for _ in range(BREAKER.failures):
        with pytest.raises(Unavailable):
            caller.post()
    caller.seconds += BREAKER.pause_s
    with pytest.raises(GaveUpError):
        caller.post(BodyStream(chunks(), 100))
    assert caller.post().status == 200, "the next one finds out"
