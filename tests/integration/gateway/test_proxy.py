"""Passing requests on: what goes through and what stays outside."""

import re

import pytest
from structlog.testing import capture_logs

from gateway.service import service as gateway_service
from shared.service import Runtime
from shared.testing.systems import SystemFactory, SystemUnderTest

from .conftest import GatewayClient, mirror_service


def test_method_query_body_and_headers_reach_the_service(client: GatewayClient) -> None:
    client.sign_in("agent")

    seen = client.send(
        "PATCH",
        "/api/v1/enterprise/cases/01?q=%E5%85%AC%E5%8F%B8&light=red&light=green",
        data=b"{}",
        headers={
            "Content-Type": "application/json",
            "If-Match": '"4"',
            "Idempotency-Key": "k-1",
            "Accept-Language": "en",
            "X-Custom": "kept",
        },
    ).get_json()

    assert (seen["method"], seen["path"]) == ("PATCH", "/api/v1/enterprise/cases/01")
    assert seen["query"] == "q=%E5%85%AC%E5%8F%B8&light=red&light=green"
    assert seen["size"] == 2
    for name, value in {
        "content-type": "application/json",
        "content-length": "2",
        "if-match": '"4"',
        "idempotency-key": "k-1",
        "accept-language": "en",
        "x-custom": "kept",
    }.items():
        assert seen["headers"][name] == value


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_every_method_passes(sqlite_client: GatewayClient, method: str) -> None:
    seen = sqlite_client.sign_in("agent").send(method, "/api/v1/enterprise/cases")

    assert seen.get_json()["method"] == method


def test_head_has_no_body(sqlite_client: GatewayClient) -> None:
    answer = sqlite_client.sign_in("agent").send("HEAD", "/api/v1/enterprise/cases")

    assert (answer.status_code, answer.data) == (200, b"")


def test_a_client_cannot_say_who_it_is_or_where_from(sqlite_client: GatewayClient) -> None:
    sqlite_client.sign_in("agent")
    forged = {
        "Cookie": "yuanban=stolen",
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-User": "admin",
        "Forwarded": "for=10.0.0.1",
        "X-Real-IP": "10.0.0.1",
        "X-Yuanban-Actor": "admin",
        "X-Auth-Roles": "administrator",
        "X-Remote-User": "admin",
        "Remote-User": "admin",
        "X-Request-Id": "not a uuid\tat all",
    }

    seen = sqlite_client.get("/api/v1/enterprise/cases", headers=forged).get_json()

    assert seen["actor"]["roles"] == ["applicant"]
    assert not {name.lower() for name in forged} - {"x-request-id"} & set(seen["headers"])
    assert re.fullmatch(r"[0-9a-f-]{36}", seen["headers"]["x-request-id"])


def test_hop_by_hop_headers_stay_on_their_hop(sqlite_client: GatewayClient) -> None:
    sqlite_client.sign_in("agent")
    sent = {
        "Connection": "close, X-Private",
        "X-Private": "1",
        "Keep-Alive": "timeout=5",
        "TE": "trailers",
        "Trailer": "X-Sum",
        "Upgrade": "websocket",
        "Proxy-Authorization": "Basic eA==",
        "Proxy-Connection": "keep-alive",
        "Expect": "100-continue",
        "Accept-Encoding": "gzip",
    }

    seen = sqlite_client.get("/api/v1/enterprise/cases", headers=sent).get_json()

    assert not {name.lower() for name in sent} & set(seen["headers"])
    assert seen["headers"]["via"] == "1.1 yuanban"


def test_the_answer_comes_back_without_what_belongs_to_the_inner_hop(sqlite_client: GatewayClient) -> None:
    answer = sqlite_client.sign_in("agent").get("/api/v1/enterprise/file")

    assert (answer.status_code, answer.data) == (200, b"%PDF-1.7")
    assert (answer.content_type, answer.headers["ETag"]) == ("application/pdf", '"3"')
    for name in ("Connection", "X-Secret", "Keep-Alive", "Set-Cookie"):
        assert name not in answer.headers
    assert len(answer.headers.getlist("Content-Type")) == 1
    assert len(answer.headers.getlist("X-Request-Id")) == 1


def test_a_refusal_of_the_service_comes_back_as_it_is(sqlite_client: GatewayClient) -> None:
    answer = sqlite_client.sign_in("agent").get("/api/v1/enterprise/lost", headers={"Accept-Language": "en"})

    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["title"] == "Not found"
    assert answer.get_json()["request_id"] == answer.headers["X-Request-Id"]


TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (TRACE, True),
        ("", False),
        ("garbage", False),
        (TRACE + "\t", False),
        (TRACE.upper(), False),
        (TRACE + "-more", False),
        ("ff" + TRACE[2:], False),
        ("00-" + "0" * 32 + "-b7ad6b7169203331-01", False),
        ("00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01", False),
    ],
)
def test_a_trace_is_kept_or_begun(sqlite_client: GatewayClient, given: str, kept: bool) -> None:
    sqlite_client.sign_in("agent")

    seen = sqlite_client.get("/api/v1/enterprise/cases", headers={"traceparent": given}).get_json()

    found = seen["headers"]["traceparent"]
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", found)
    assert (found[:35] == given[:35]) is kept, "the trace goes on"
    assert found[36:52] != given[36:52], "this hop is a span of its own"


@pytest.mark.parametrize(("given", "kept"), [(TRACE, True), ("garbage", False)])
def test_what_other_tracers_noted_goes_on_with_the_trace_alone(
    sqlite_client: GatewayClient, given: str, kept: bool
) -> None:
    sqlite_client.sign_in("agent")
    sent = {"traceparent": given, "tracestate": "vendor=1"}

    seen = sqlite_client.get("/api/v1/enterprise/cases", headers=sent).get_json()

    assert ("tracestate" in seen["headers"]) is kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0190d3c4-7b1a-7c3e-9f00-1234567890ab", True),
        ("run.42_b-7", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ("", False),
        ("two words", False),
        ("one,two", False),
        ("{0190d3c4-7b1a-7c3e-9f00-1234567890ab}", False),
        ("id\x1b[31m", False),
        ("<script>", False),
        ("编号", False),
    ],
)
def test_a_clients_number_of_its_request_is_kept_where_it_is_a_plain_short_word(
    sqlite_client: GatewayClient, given: str, kept: bool
) -> None:
    sqlite_client.sign_in("agent")
    sent = {"X-Request-Id": given.encode().decode("latin-1")}

    with capture_logs() as logs:
        answer = sqlite_client.get("/api/v1/enterprise/cases", headers=sent)

    number = answer.headers["X-Request-Id"]
    assert answer.get_json()["headers"]["x-request-id"] == number
    assert (number == given) is kept
    assert kept or re.fullmatch(r"[0-9a-f-]{36}", number)
    assert kept or not given or given not in repr(logs), "what was refused is written nowhere"


@pytest.mark.parametrize("path", ["items", "items/00013112700401", "verify/1.2.156", "openapi.json"])
def test_what_is_public_needs_no_token(sqlite_client: GatewayClient, path: str) -> None:
    answer = sqlite_client.get(f"/api/v1/enterprise/{path}")

    assert answer.status_code == 200
    if path != "openapi.json":
        assert answer.get_json()["actor"] is None
        assert "authorization" not in answer.get_json()["headers"]


def test_what_a_device_has_signed_reaches_the_service_and_nothing_else_a_client_says_of_itself(
    sqlite_client: GatewayClient,
) -> None:
    signed = 'Device code="P1-in",time="2026-11-23T01:00:00Z",signature="00"'
    answer = sqlite_client.get("/api/v1/enterprise/items", headers={"Authorization": signed})
    assert answer.get_json()["headers"]["authorization"] == signed
    assert answer.get_json()["actor"] is None
    answer = sqlite_client.get("/api/v1/enterprise/items", headers={"Authorization": "Basic eA=="})
    assert "authorization" not in answer.get_json()["headers"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "cases"),
        ("POST", "items"),
        ("PUT", "verify/1"),
        ("GET", "items/1/drafts"),
        ("GET", "Items"),
        ("GET", "enterprises"),
    ],
)
def test_everything_else_does(sqlite_client: GatewayClient, method: str, path: str) -> None:
    assert sqlite_client.send(method, f"/api/v1/enterprise/{path}").status_code == 401


def test_the_short_path_of_verification_leads_to_the_enterprise_service(sqlite_client: GatewayClient) -> None:
    seen = sqlite_client.get("/api/v1/verify/1.2.156.3005.2?lang=en").get_json()

    assert seen["path"] == "/api/v1/enterprise/verify/1.2.156.3005.2"
    assert seen["query"] == "lang=en"
    assert sqlite_client.post("/api/v1/verify/1").status_code == 401
    assert sqlite_client.sign_in("admin").post("/api/v1/verify/1").status_code == 404


@pytest.mark.parametrize("service", ["nothing", "gateway", "enterprise%2F..", "%00", "..", "."])
def test_an_unknown_service_is_not_found(sqlite_client: GatewayClient, service: str) -> None:
    answer = sqlite_client.sign_in("admin").get(f"/api/v1/{service}/cases")

    assert answer.status_code == (400 if service == "%00" else 404)
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "cases/../../gateway/openapi.json",
        "cases/..",
        "cases/./x",
        "cases//x",
        "/cases",
        "cases/",
        "items/..%2fcases",
        "items/%2e%2e/cases",
        "items/%2e%2e%2fcases",
        "items/..%5ccases",
        "items/x%00y",
        "items/x%0d%0aX-Injected:%201",
        "items/%09",
    ],
)
def test_paths_that_two_programs_could_read_differently_are_refused(
    sqlite_client: GatewayClient, path: str
) -> None:
    anonymous = sqlite_client.get(f"/api/v1/enterprise/{path}")
    assert anonymous.status_code in {400, 401, 404}

    answer = sqlite_client.sign_in("admin").get(f"/api/v1/enterprise/{path}")

    assert answer.status_code == (400 if "%00" in path else 404), answer.text
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ("items%2Fx", "items/x"),
        ("cases/%252e%252e/x", "cases/%2e%2e/x"),
        ("cases/公司", "cases/公司"),
        ("cases/a%3Fb%23c", "cases/a?b#c"),
        ("cases/a;b=1", "cases/a;b=1"),
    ],
)
def test_a_path_is_decoded_once_and_means_the_same_inside(
    sqlite_client: GatewayClient, sent: str, received: str
) -> None:
    seen = sqlite_client.sign_in("agent").get(f"/api/v1/enterprise/{sent}").get_json()

    assert seen["path"] == f"/api/v1/enterprise/{received}"
    assert seen["query"] == ""


@pytest.mark.parametrize(("trusted", "address"), [(0, "127.0.0.1"), (1, "198.51.100.7")])
def test_a_proxy_in_front_is_believed_only_when_configured(
    make_sqlite_system: SystemFactory, trusted: int, address: str
) -> None:
    system = make_sqlite_system([gateway_service, mirror_service], demo=True, trusted_proxies=trusted)
    system.seed()
    client = GatewayClient(system, system.edge_app.test_client(use_cookies=False)).sign_in("agent")

    seen = client.get(
        "/api/v1/enterprise/cases", headers={"X-Forwarded-For": "10.9.9.9, 198.51.100.7"}
    ).get_json()

    assert seen["actor"]["addr"] == address


def test_the_gateway_itself_serves_the_runtime_it_was_given(sqlite_system: SystemUnderTest) -> None:
    runtime: Runtime = sqlite_system.runtime("gateway")

    assert sqlite_system.edge_app.extensions["yuanban"] is runtime
