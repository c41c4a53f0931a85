"""The edge's figures: for whoever runs the installation, not for visitors."""

import pytest

from gateway.service import service as gateway_service
from shared.testing.systems import SystemFactory

from .conftest import GatewayClient

HERE = "127.0.0.1"


@pytest.mark.parametrize("address", [HERE, "127.8.0.1", "::1", "::ffff:127.0.0.1"])
def test_the_machine_itself_reads_the_figures(sqlite_client: GatewayClient, address: str) -> None:
    answer = sqlite_client.get("/metrics", environ_base={"REMOTE_ADDR": address})

    assert answer.status_code == 200
    assert "yuanban_outbox_waiting" in answer.text


@pytest.mark.parametrize("address", ["203.0.113.7", "10.0.0.5", "2001:db8::1", "::ffff:203.0.113.7", ""])
@pytest.mark.parametrize("signed_in_as", [None, "agent", "admin"])
def test_for_anybody_else_they_are_not_there(
    sqlite_client: GatewayClient, address: str, signed_in_as: str | None
) -> None:
    if signed_in_as:
        sqlite_client.sign_in(signed_in_as)
    for method, path in (("GET", "/metrics"), ("HEAD", "/metrics"), ("GET", "/%6detrics")):
        answer = sqlite_client.send(method, path, environ_base={"REMOTE_ADDR": address})

        assert answer.status_code == 404
        assert "yuanban" not in answer.text.replace("urn:yuanban:problem", "")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "x-forwarded-proto", "Forwarded", "Via", "X-Real-IP"])
@pytest.mark.parametrize("proxies", [0, 1])
def test_what_a_proxy_on_this_machine_passes_on_is_a_visitors(
    make_sqlite_system: SystemFactory, header: str, proxies: int
) -> None:
    system = make_sqlite_system([gateway_service], trusted_proxies=proxies)
    http = system.edge_app.test_client()

    assert http.get("/metrics").status_code == 200
    assert http.get("/metrics", headers={header: HERE}).status_code == 404


def test_operators_name_the_networks_they_read_from(make_sqlite_system: SystemFactory) -> None:
    system = make_sqlite_system([gateway_service], metrics_from=("10.1.0.0/16",))
    http = system.edge_app.test_client()

    assert http.get("/metrics", environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 200
    assert http.get("/metrics", environ_base={"REMOTE_ADDR": "10.2.2.3"}).status_code == 404
    assert http.get("/metrics", environ_base={"REMOTE_ADDR": HERE}).status_code == 404


def test_health_stays_open_to_all(sqlite_client: GatewayClient) -> None:
    for path in ("/healthz", "/readyz"):
        assert sqlite_client.get(path, environ_base={"REMOTE_ADDR": "203.0.113.7"}).status_code == 200
