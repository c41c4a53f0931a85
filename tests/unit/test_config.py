"""Settings: what the environment may say, and what is refused by the name of the variable."""

from pathlib import Path

import pytest

from shared.config import Settings, SettingsError
from shared.messaging.process import WorkerProcess
from shared.serve import http_network
from shared.service import installed_services

SERVICES = {service.name: service for service in installed_services()}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANBAN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("YUANBAN_SECRET_KEY", "a key of the tests and of nobody else")


def test_the_embedded_shape_needs_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YUANBAN_SECRET_KEY")

    settings = Settings.from_env()

    assert settings.is_embedded and settings.upstreams == {}
    assert settings.database_url_for("living").endswith("/living.sqlite3")


def test_a_broker_and_upstreams_are_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANBAN_BROKER_URL", "amqp://u:p@broker/park")
    monkeypatch.setenv("YUANBAN_UPSTREAM_LIVING", "http://living:8000/")

    settings = Settings.from_env()
    assert not settings.is_embedded
    assert settings.upstreams == {"living": "http://living:8000"}


@pytest.mark.parametrize(
    ("variable", "value"), [("YUANBAN_BROKER_URL", "redis://x"), ("YUANBAN_UPSTREAM_LIVING", "living:8000")]
)
def test_what_makes_no_sense_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsError, match=variable):
        Settings.from_env()


@pytest.mark.parametrize(
    ("variable", "value"),
    [("YUANBAN_BROKER_URL", "amqp://broker"), ("YUANBAN_UPSTREAM_GATEWAY", "http://gateway:8000")],
)
def test_processes_of_one_installation_do_not_each_make_a_secret_of_their_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, value: str
) -> None:
    monkeypatch.delenv("YUANBAN_SECRET_KEY")
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsError, match="YUANBAN_SECRET_KEY"):
        Settings.from_env()
    assert list(tmp_path.iterdir()) == []


def test_the_edge_must_know_everybody_and_the_others_the_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANBAN_UPSTREAM_GATEWAY", "http://gateway:8000")
    settings = Settings.from_env()
    services = list(SERVICES.values())

    assert http_network(SERVICES["living"], services, settings).edge == "gateway"
    with pytest.raises(SettingsError, match="YUANBAN_UPSTREAM_ENTERPRISE, YUANBAN_UPSTREAM_LIVING"):
        http_network(SERVICES["gateway"], services, settings)


def test_a_worker_of_its_own_needs_a_broker_and_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    services = list(SERVICES.values())
    with pytest.raises(SettingsError, match="YUANBAN_BROKER_URL"):
        WorkerProcess(SERVICES["living"], services, Settings.from_env())
    monkeypatch.setenv("YUANBAN_BROKER_URL", "amqp://broker")
    with pytest.raises(SettingsError, match="YUANBAN_DATABASE_URL"):
        WorkerProcess(SERVICES["living"], services, Settings.from_env())
