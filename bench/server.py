"""A PostgreSQL of the measurement's own, set as the production overlay sets it.

A server as it comes keeps 128 MB of what it reads; a park with a million bookings has more than that in the
rows of its slots alone, and whoever measured there would measure the kernel's cache.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from bench.processes import ROOT
from shared.testing.databases import NAMES_POSTGRES
from shared.testing.ports import free_port

_OF_DEBIAN = Path("/usr/lib/postgresql")
_OVERLAYS = ("k8s/base/postgres.yaml", "k8s/overlays/production/sizes.yaml")
_CLUSTER = ("--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums")
_START_S = 60


@contextmanager
def as_in_production() -> Iterator[str]:
    """A running server with nothing in it, and nothing left of it afterwards; its URL.

    The one that YUANBAN_TEST_POSTGRES_URL names, where somebody has set it: as that one is set, then.
    FileNotFoundError where PostgreSQL's own programs are not installed.
    """
    named = os.environ.get(NAMES_POSTGRES)
    if named is not None:
        yield named
        return
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="yuanban-bench-postgres-"))
    data, port = folder / "data", free_port()
    user = _user()
    if user is not None:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        with (folder / "log").open("a") as log:
            command = [str(programs / program), "--pgdata", str(data), *arguments]
            # Not to a pipe: the server inherits it, and it would stay open for as long as that runs.
            subprocess.run(command, user=user, stdout=log, stderr=log, check=True, timeout=2 * _START_S)

    try:
        run("initdb", "--username=postgres", "--auth=trust", *_CLUSTER)
        settings = {"port": str(port), "unix_socket_directories": str(folder), **_parameters()}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        run("pg_ctl", "start", "--wait", f"--timeout={_START_S}", "--options", options)
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "stop", "--wait", f"--timeout={_START_S}", "--mode=immediate")
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    """Where `initdb` and `pg_ctl` lie."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    versions = [each for each in _OF_DEBIAN.glob("*/bin") if (each / "initdb").exists()]
    if not versions:
        raise FileNotFoundError(f"neither on the PATH nor in {_OF_DEBIAN} is there an initdb")
    return max(versions, key=lambda each: int(each.parent.name))


def _user() -> str | None:
    """As whom to run it: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    return pwd.getpwnam("postgres").pw_name


def _parameters() -> dict[str, str]:
    """What the manifests of production say; the later file has the last word."""
    found: dict[str, Any] = {}
    for name in _OVERLAYS:
        for manifest in yaml.safe_load_all((ROOT / name).read_text(encoding="utf-8")):
            if manifest["kind"] == "Cluster":
                found |= manifest["spec"]["postgresql"]["parameters"]
    return {name: str(value) for name, value in found.items()}
