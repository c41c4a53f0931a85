"""docker-compose.yml: every role of every service, and the rules that each container keeps."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
import yaml

from shared.messaging.process import DRAIN_S
from shared.serve import GRACE_S
from tests.meta.deployment.settings_of import (
    SECRET,
    SERVICES,
    require_role,
    require_start,
    settings_of,
    upstream_hosts,
)

ROOT = Path(__file__).parents[3]
FILE = (ROOT / "docker-compose.yml").read_text("utf-8")
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
SECRETS = ("YUANBAN_SECRET_KEY", "POSTGRES_PASSWORD", "YUANBAN_DATABASE_PASSWORD", "YUANBAN_BROKER_PASSWORD")
NOT_CONNECTED = (
    "YUANBAN_TAX_URL",
    "YUANBAN_TAX_SECRET",
    "YUANBAN_TAX_CALLBACK_SECRET",
    "YUANBAN_ADDRESS_SECRET",
    "YUANBAN_PARKING_PROVIDER",
)
"""What may stay empty: then no other system is connected, and the service's key signs."""
GIVEN = {**dict.fromkeys(SECRETS, SECRET), "YUANBAN_PUBLIC_URL": "https://park.example.org"}
ENGINES = {"postgres", "rabbitmq"}
ONE_SHOT = {"migrate", "seed"}
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")

Json = dict[str, Any]


class MissingVariableError(Exception):
    """Compose would refuse to start and name this variable."""


def interpolated(text: str, given: dict[str, str]) -> str:
    """Compose's `${NAME}`, `${NAME:-default}` and `${NAME:?message}`, of which this file has the last two."""

    def value(match: re.Match[str]) -> str:
        name, kind = match["name"], match["kind"]
        if given.get(name):
            return given[name]
        if kind == "-":
            return match["rest"]
        raise MissingVariableError(name)

    return VARIABLE.sub(value, text)


def _read(given: dict[str, str]) -> Json:
    text = "\n".join(line for line in FILE.splitlines() if not line.lstrip().startswith("#"))
    found: Json = yaml.safe_load(interpolated(text, given))
    return found


PROJECT = _read(GIVEN)
CONTAINERS: dict[str, Json] = PROJECT["services"]
OURS = {name: each for name, each in CONTAINERS.items() if name not in ENGINES}
each_container = pytest.mark.parametrize("container", CONTAINERS.values(), ids=list(CONTAINERS))
each_of_ours = pytest.mark.parametrize("container", OURS.values(), ids=list(OURS))


def _seconds(duration: str) -> int:
    assert duration.endswith("s")
    return int(duration[:-1])


def test_it_is_what_the_compose_specification_says() -> None:
    schema = json.loads((Path(__file__).parent / "schemas" / "compose-spec.json").read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(PROJECT)


def test_every_service_has_web_and_worker_and_the_migration_is_there() -> None:
    wanted: set[tuple[str, str | None]] = {("migrate", None), ("seed", None)}
    wanted |= {(role, name) for name in SERVICES for role in ("web", "worker")}
    assert {require_role(each["command"]) for each in OURS.values()} == wanted
    for name in SERVICES:
        assert CONTAINERS[name]["command"] == ["web", name], "others find it by this name"


@each_of_ours
def test_a_container_of_ours_can_start_with_what_it_is_told(container: Json) -> None:
    settings = require_start(container["command"], container["environment"])
    assert urlsplit(settings.database_url).hostname == "postgres"
    assert urlsplit(settings.broker_url).hostname == "rabbitmq"
    assert settings.public_url == GIVEN["YUANBAN_PUBLIC_URL"]
    assert not settings.demo, "the demo park is only where it was asked for"


@pytest.mark.parametrize("kind", ["request", "write", "upload", "sign_in"])
def test_the_operator_sets_the_limits_of_the_edge_beside_the_file(kind: str) -> None:
    def limit(given: dict[str, str], container: str = "gateway") -> str:
        settings = settings_of(_read(given)["services"][container]["environment"])
        return str(getattr(settings, f"{kind}_limit"))

    assert limit({**GIVEN, f"YUANBAN_{kind.upper()}_LIMIT": "7 per minute"}) == "7 per minute"
    assert limit(GIVEN) == limit(GIVEN, "enterprise"), "else what the code says, as where nothing is set"


@pytest.mark.parametrize("variable", [*SECRETS, "YUANBAN_PUBLIC_URL"])
def test_it_refuses_to_start_without_what_only_the_operator_knows(variable: str) -> None:
    with pytest.raises(MissingVariableError, match=variable):
        _read({name: value for name, value in GIVEN.items() if name != variable})


def test_the_example_names_every_variable_and_gives_no_secret_away() -> None:
    lines = dict(line.split("=", 1) for line in EXAMPLE.splitlines() if line and line[0] != "#")
    assert set(lines) == {match["name"] for match in VARIABLE.finditer(FILE)}
    without = {*SECRETS, "YUANBAN_PUBLIC_URL", *NOT_CONNECTED}
    assert {name for name, value in lines.items() if not value} == without


def test_no_secret_stands_in_the_file() -> None:
    bare = _read({**GIVEN, **dict.fromkeys(SECRETS, "given")})
    for container in bare["services"].values():
        for name, value in container["environment"].items():
            if re.search(r"SECRET|PASSWORD|_PASS$", name):
                assert value == ("" if name in NOT_CONNECTED else "given"), name
            password = urlsplit(value).password if "://" in value else None
            assert password in (None, "given"), name


def test_every_setting_exists() -> None:
    documented = set(re.findall(r"^\| `(\w+)`", (ROOT / "docs/settings.md").read_text("utf-8"), re.M))
    for name, container in OURS.items():
        for variable in container["environment"]:
            known = re.sub(r"^YUANBAN_UPSTREAM_[A-Z]+$", "YUANBAN_UPSTREAM_", variable)
            assert known in documented | {"YUANBAN_UPSTREAM_"}, f"{name}: {variable}"


@each_container
def test_a_container_is_confined(container: Json) -> None:
    user, _, group = container["user"].partition(":")
    assert int(user) > 0 and int(group) > 0
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"] and "cap_add" not in container
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "ipc", "devices"} & set(container)
    assert all("noexec" in mount for mount in container["tmpfs"])
    assert "docker.sock" not in str(container)


@each_container
def test_a_container_has_limits_and_does_not_fill_the_disk_with_its_log(container: Json) -> None:
    assert set(container["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert {"max-size", "max-file"} <= set(container["logging"]["options"])


@pytest.mark.parametrize("name", list(CONTAINERS))
def test_what_keeps_running_is_watched_and_what_ends_is_waited_for(name: str) -> None:
    container = CONTAINERS[name]
    if name in ONE_SHOT:
        assert container["healthcheck"] == {"disable": True}
        assert container["restart"] in ("no", "on-failure:5")
        return
    assert container["restart"] == "unless-stopped"
    assert container["healthcheck"]["test"][0] == "CMD", "no shell"
    assert _seconds(container["healthcheck"]["timeout"]) < _seconds(container["healthcheck"]["interval"])


@pytest.mark.parametrize("name", [name for name in OURS if name not in ONE_SHOT])
def test_health_is_asked_where_the_role_answers_and_stopping_outlasts_the_drain(name: str) -> None:
    container = OURS[name]
    role, _service = require_role(container["command"])
    environment = container["environment"]
    port = 8000 if role == "web" else int(environment["YUANBAN_METRICS_PORT"])
    probe = ["python", "-m", "shared.probe", f"http://127.0.0.1:{port}/readyz"]
    assert container["healthcheck"]["test"] == ["CMD", *probe]
    assert _seconds(container["stop_grace_period"]) > (GRACE_S if role == "web" else DRAIN_S)
    assert container["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert settings_of(environment).port == 8000


def test_images_are_pinned_by_version() -> None:
    for name in ENGINES:
        assert re.search(r":\d+\.\d+(\.\d+)?(-\w+)?$", CONTAINERS[name]["image"]), name
    assert {each["image"] for each in OURS.values()} == {"yuanban:0.1.0"}
    assert [name for name, each in CONTAINERS.items() if "build" in each] == ["migrate"], "built once"


def test_only_the_gateway_is_reachable_from_outside_and_there_only_by_this_machine() -> None:
    published = {name: each["ports"] for name, each in CONTAINERS.items() if "ports" in each}
    assert published == {"gateway": ["127.0.0.1:8000:8000"]}
    outward = [name for name, network in PROJECT["networks"].items() if not network.get("internal")]
    # Nobody comes in by the worker; it goes out, to the systems that cases are handed over to.
    outside = [name for name, each in CONTAINERS.items() if set(outward) & set(each["networks"])]
    assert outside == ["gateway", "enterprise-worker"]


def test_who_shares_a_network_needs_to() -> None:
    members = {
        network: {name for name, each in CONTAINERS.items() if network in each["networks"]}
        for network in PROJECT["networks"]
    }
    webs = set(SERVICES)
    workers = {f"{name}-worker" for name in SERVICES}
    assert members == {
        "edge": {"gateway"},
        "services": webs,
        "database": {*webs, *workers, *ONE_SHOT, "postgres"},
        "broker": {*workers, "migrate", "rabbitmq"},
        "outside": {"enterprise-worker"},
    }


def test_services_are_found_by_the_names_of_their_containers() -> None:
    for name in SERVICES:
        hosts = upstream_hosts(OURS[name]["environment"])
        others = set(SERVICES) - {"gateway"} if SERVICES[name].is_edge else set()
        assert hosts == {other: f"{other}:8000" for other in {"gateway", *others}}


def test_uploaded_files_are_kept_in_a_volume_of_the_service_that_owns_them() -> None:
    path = urlsplit(OURS["enterprise"]["environment"]["YUANBAN_BLOBS_URL"]).path
    holders = [name for name, each in OURS.items() if f"blobs:{path}" in each.get("volumes", [])]
    assert holders == ["enterprise", "enterprise-worker", "seed"]


def test_the_services_user_is_no_superuser() -> None:
    script = (ROOT / "compose" / "create-role.sh").read_text("utf-8")
    assert "CREATE ROLE yuanban LOGIN CREATEDB NOSUPERUSER NOCREATEROLE" in script
    assert (ROOT / "compose" / "create-role.sh").stat().st_mode & 0o111
    for container in OURS.values():
        assert urlsplit(container["environment"]["YUANBAN_DATABASE_URL"]).username == "yuanban"
        assert "POSTGRES_PASSWORD" not in container["environment"]
