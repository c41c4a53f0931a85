"""The objects in `k8s/`: the base as it is written, an overlay as `kubectl kustomize` puts it together."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.meta.deployment.settings_of import SECRET

ROOT = Path(__file__).parents[3]
BASE = ROOT / "k8s" / "base"
NAME, COMPONENT = "app.kubernetes.io/name", "app.kubernetes.io/component"

Json = dict[str, Any]


@cache
def base() -> tuple[Json, ...]:
    """Every object of the base; it is written so that nothing has to be put together to read it."""
    kustomization = yaml.safe_load((BASE / "kustomization.yaml").read_text("utf-8"))
    files = kustomization["resources"]
    assert {*files, "kustomization.yaml", "settings.env"} == {path.name for path in BASE.iterdir()}
    return tuple(each for name in files for each in yaml.safe_load_all((BASE / name).read_text("utf-8")))


@cache
def rendered(folder: str) -> tuple[Json, ...]:
    """What would be applied. Skips where there is no kubectl, for Debian has none that is new enough."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("no kubectl to put the files together")
    done = subprocess.run([kubectl, "kustomize", f"k8s/{folder}"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, f"kustomize warns: {done.stderr}"
    return tuple(yaml.safe_load_all(done.stdout))


def of_kind(kind: str, objects: tuple[Json, ...] | None = None) -> dict[str, Json]:
    """Objects of one kind by name."""
    return {each["metadata"]["name"]: each for each in objects or base() if each["kind"] == kind}


def pod_specs() -> dict[str, Json]:
    """The pods of ours, by the name of their Deployment or Job."""
    return {
        name: each["spec"]["template"]["spec"]
        for kind in ("Deployment", "Job")
        for name, each in of_kind(kind).items()
    }


def containers() -> Iterator[tuple[str, Json, Json]]:
    """Name of the workload, its pod and each of its containers."""
    for name, pod in pod_specs().items():
        for container in pod["containers"]:
            yield name, pod, container


def common_settings() -> dict[str, str]:
    """settings.env, as the ConfigMap holds it."""
    lines = (BASE / "settings.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and line[0] != "#")


def secrets_of(container: Json) -> dict[str, tuple[str, str]]:
    """Variable to the Secret and key that it comes from."""
    found = {}
    for variable in container["env"]:
        if "valueFrom" in variable:
            reference = variable["valueFrom"]["secretKeyRef"]
            found[variable["name"]] = (reference["name"], reference["key"])
    return found


def environment(container: Json, made_up: Mapping[str, str]) -> dict[str, str]:
    """What the container would find in its environment; `made_up` stands for keys of Secrets."""
    assert container["envFrom"] == [{"configMapRef": {"name": "yuanban-settings"}}]
    found = common_settings()
    found |= {each["name"]: each["value"] for each in container["env"] if "value" in each}
    return found | {name: made_up.get(key, SECRET) for name, (_, key) in secrets_of(container).items()}
