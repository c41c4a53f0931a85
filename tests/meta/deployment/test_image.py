"""The image: pinned, small, not root, nothing secret in it; and what its build reads is not left out."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
LINES = re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
IGNORED = {
    line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"
}


def _of(instruction: str) -> list[str]:
    return [line.removeprefix(f"{instruction} ") for line in LINES if line.startswith(f"{instruction} ")]


def test_the_base_is_one_slim_debian_pinned_by_version() -> None:
    assert any(
        re.fullmatch(r"PYTHON_IMAGE=docker\.io/library/python:3\.11\.\d+-slim-bookworm", argument)
        for argument in _of("ARG")
    )
    assert _of("FROM") == ["${PYTHON_IMAGE} AS build", "${PYTHON_IMAGE}"]


def test_it_runs_as_a_numbered_user_from_a_folder_that_this_user_cannot_write() -> None:
    assert _of("USER") == ["10001:10001"]
    assert _of("WORKDIR")[-1] == "/opt/yuanban"
    assert _of("COPY")[-1] == "--from=build /opt/yuanban /opt/yuanban", "owned by root: no --chown"


def test_its_entry_point_is_the_command_line_itself() -> None:
    assert _of("ENTRYPOINT") == ['["yuanban"]'], "exec form: SIGTERM must reach the process"


def test_packages_are_installed_by_the_lock_and_as_wheels_alone() -> None:
    (install,) = [line for line in _of("RUN") if "requirements.lock" in line]
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install
    assert not any("apt-get" in line for line in LINES), "the base has all that is needed"


def test_nothing_secret_and_nothing_unneeded_is_copied_into_it() -> None:
    assert {".env", ".env.*", ".git", "var", "tests", "bench", "docs", "k8s", ".venv"} <= IGNORED
    assert not re.search(r"(?i)(password|secret|token)\S*=", DOCKERFILE)


def test_what_the_build_reads_is_not_left_out() -> None:
    project = PROJECT["project"]
    needed = {project["readme"], *project["license-files"], "hatch_build.py", "pyproject.toml"}
    needed |= {"package.json", "package-lock.json", ".npmrc", "requirements.lock", "babel.cfg"}
    needed |= set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert not needed & IGNORED
    assert all((ROOT / name).exists() for name in needed)


def test_the_versions_named_agree() -> None:
    version = PROJECT["project"]["version"]
    assert f"VERSION={version}" in _of("ARG")
    for name in (".env.example", "docker-compose.yml", "k8s/base/gateway.yaml"):
        assert f"yuanban:{version}" in (ROOT / name).read_text("utf-8"), name
