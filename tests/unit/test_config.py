"""Settings: what the environment may say, and what is refused by the name of the variable."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from shared.blobs import open_blobs
from shared.cli import main
from shared.config import Settings, SettingsError
from shared.database import Database
from shared.messaging.process import WorkerProcess
from shared.serve import http_network
from shared.service import installed_services

SERVICES = {service.name: service for service in installed_services()}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANBAN_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("YUANBAN_SECRET_KEY", raising=False)


@pytest.fixture
def given_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """What services with processes of their own must be told."""
    monkeypatch.setenv("YUANBAN_SECRET_KEY", "a key of the tests and of nobody else")


def test_the_embedded_shape_needs_no_settings() -> None:
    settings = Settings.from_env()

    assert settings.is_embedded and settings.upstreams == {}
    assert settings.database_url_for("living").endswith("/living.sqlite3")


@pytest.mark.usefixtures("given_key")
def test_a_broker_and_upstreams_are_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANBAN_BROKER_URL", "amqp://u:p@broker/park")
    monkeypatch.setenv("YUANBAN_UPSTREAM_LIVING", "http://living:8000/")

    settings = Settings.from_env()
    assert not settings.is_embedded
    assert settings.upstreams == {"living": "http://living:8000"}


DATABASE, BROKER, BLOBS = "YUANBAN_DATABASE_URL", "YUANBAN_BROKER_URL", "YUANBAN_BLOBS_URL"
LIVING, PUBLIC = "YUANBAN_UPSTREAM_LIVING", "YUANBAN_PUBLIC_URL"
SECRET = "s3cr3t"

SENSELESS = [
    (DATABASE, ""),
    (DATABASE, "park.sqlite3"),
    (DATABASE, "sqlite:////srv/park.sqlite3"),
    (DATABASE, "sqlite:////srv/park.sqlite3?name={service}"),
    (DATABASE, "sqlite://"),
    (DATABASE, "sqlite:///:memory:"),
    (DATABASE, "sqlite://srv/{service}.sqlite3"),
    (DATABASE, f"postgresql+psycopg://{{service}}:{SECRET}@db/yuanban"),
    (DATABASE, f"postgresql+psycopg://park:{SECRET}@db/yuanban_{{servcie}}"),
    (DATABASE, f"postgresql+psycopg://park:{SECRET}@db/yuanban_{{service}}_{{town}}"),
    (DATABASE, f"postgresql+psycopg://park:{SECRET}@db:port/yuanban_{{service}}"),
    (DATABASE, f"postgresql+psycopg://park:{SECRET}@db:70000/yuanban_{{service}}"),
    (DATABASE, f"postgresql+psycopg://park:{SECRET}@db"),
    (DATABASE, f"postgresql://park:{SECRET}@db/yuanban_{{service}}"),
    (DATABASE, f"postgres://park:{SECRET}@db/yuanban_{{service}}"),
    (DATABASE, f"mysql://park:{SECRET}@db/yuanban_{{service}}"),
    (BROKER, "redis://x"),
    (BROKER, "rabbitmq"),
    (BROKER, "amqp://"),
    (BROKER, f"amqp://park:{SECRET}@broker:rabbit/"),
    (BROKER, f"amqp://park:{SECRET}@[broker/"),
    (BROKER, f"amqp://park:{SECRET}@bro ker/"),
    (BLOBS, ""),
    (BLOBS, "/srv/blobs"),
    (BLOBS, "s3://bucket"),
    (BLOBS, "file://blobs"),
    (BLOBS, "file:///srv/blobs?fast=1"),
    (LIVING, "living:8000"),
    (LIVING, "http://"),
    (LIVING, "http://living:eight"),
    (LIVING, "http://living:8000/?a=b"),
    (LIVING, "http://liv ing"),
    (PUBLIC, "park.example"),
    (PUBLIC, "ftp://park.example"),
    ("YUANBAN_METRICS_FROM", "10.0.0.1/8"),
    ("YUANBAN_METRICS_FROM", "everywhere"),
    ("YUANBAN_METRICS_PORT", "-1"),
    ("YUANBAN_LOG_LEVEL", "LOUD"),
    ("YUANBAN_LOG_FORMAT", "xml"),
    ("YUANBAN_REQUEST_LIMIT", "often"),
    ("YUANBAN_WRITE_LIMIT", "ten"),
    ("YUANBAN_UPLOAD_LIMIT", ""),
    ("YUANBAN_SIGN_IN_LIMIT", "1 per moment"),
    ("YUANBAN_THREADS", "0"),
    ("YUANBAN_TRUSTED_PROXIES", "-1"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("YUANBAN_DATA_DIR", "/dev/null/park"),
]


@pytest.mark.parametrize(("variable", "value"), SENSELESS)
def test_what_makes_no_sense_is_refused_by_name_and_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsError, match=variable) as refused:
        Settings.from_env()

    assert SECRET not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("given_key")
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        (DATABASE, f"postgresql+psycopg://park:{SECRET}@db:5432/yuanban_{{service}}"),
        (DATABASE, "postgresql+psycopg:///yuanban_{service}?host=/run/postgresql"),
        (DATABASE, "postgresql+psycopg://{service}@{service}.db/park"),
        (DATABASE, "sqlite:///{service}.sqlite3"),
        (DATABASE, "sqlite:////srv/{service}/park.sqlite3"),
        (BROKER, "memory://"),
        (BROKER, f"amqps://park:{SECRET}@[::1]:5671/%2Fpark"),
        (BLOBS, "file:///srv/blobs%20of%20the%20park"),
        (LIVING, "https://living.park:8443/inner"),
    ],
)
def test_what_makes_sense_is_taken_as_it_is(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    settings = Settings.from_env()

    assert value in (
        settings.database_url,
        settings.broker_url,
        settings.blobs_url,
        *settings.upstreams.values(),
    )


def test_a_folder_of_any_name_holds_the_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "园区 #1? 100%20 {service}"
    monkeypatch.setenv("YUANBAN_DATA_DIR", str(folder))

    settings = Settings.from_env()

    key = open_blobs(settings.blobs_url, "living").put(b"content")
    assert [path.name for path in (folder / "blobs").rglob(key)] == [key]
    Database(settings.database_url_for("living")).ping()
    assert (folder / "living.sqlite3").exists()


@pytest.mark.parametrize(
    "command",
    [
        ("run",),
        ("migrate",),
        ("migrate", "living"),
        ("seed",),
        ("web", "living"),
        ("worker", "living"),
        ("parked", "list", "living"),
        ("events", "backfill", "living"),
        ("accounts", "disable", "wang"),
    ],
    ids=" ".join,
)
def test_every_command_refuses_such_settings_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv(DATABASE, f"postgresql+psycopg://park:{SECRET}@db/yuanban")

    answer = CliRunner().invoke(main, command)

    assert (answer.exit_code, answer.output.count("\n")) == (1, 1), answer.output
    assert answer.output.startswith(f"Error: {DATABASE}: without {{service}}")


@pytest.mark.parametrize(
    ("variable", "value"),
    [("YUANBAN_BROKER_URL", "amqp://broker"), ("YUANBAN_UPSTREAM_GATEWAY", "http://gateway:8000")],
)
def test_processes_of_one_installation_do_not_each_make_a_secret_of_their_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsError, match="YUANBAN_SECRET_KEY"):
        Settings.from_env()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("given_key")
def test_the_edge_must_know_everybody_and_the_others_the_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANBAN_UPSTREAM_GATEWAY", "http://gateway:8000")
    settings = Settings.from_env()
    services = list(SERVICES.values())

    assert http_network(SERVICES["living"], services, settings).edge == "gateway"
    with pytest.raises(SettingsError, match="YUANBAN_UPSTREAM_ENTERPRISE, YUANBAN_UPSTREAM_LIVING"):
        http_network(SERVICES["gateway"], services, settings)


@pytest.mark.usefixtures("given_key")
def test_a_worker_of_its_own_needs_a_broker_and_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    services = list(SERVICES.values())
    with pytest.raises(SettingsError, match="YUANBAN_BROKER_URL"):
        WorkerProcess(SERVICES["living"], services, Settings.from_env())
    monkeypatch.setenv("YUANBAN_BROKER_URL", "amqp://broker")
    with pytest.raises(SettingsError, match="YUANBAN_DATABASE_URL"):
        WorkerProcess(SERVICES["living"], services, Settings.from_env())
