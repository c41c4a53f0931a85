"""k8s/: valid objects, every role of every service, confined pods, and secrets by reference alone."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from shared.messaging.process import DRAIN_S
from shared.serve import GRACE_S
from tests.meta.deployment.objects import (
    BASE,
    COMPONENT,
    NAME,
    ROOT,
    Json,
    base,
    containers,
    environment,
    of_kind,
    pod_specs,
    rendered,
    secrets_of,
)
from tests.meta.deployment.settings_of import SERVICES, require_role, require_start, upstream_hosts

KUBERNETES = "1.37"
# Trimmed from the operators' own definitions (RabbitMQ cluster operator, CloudNativePG 1.30) to the fields
# that we use: a field that is not there is refused until somebody has looked it up and entered it.
CUSTOM = json.loads((Path(__file__).parent / "schemas" / "custom-resources.json").read_text("utf-8"))
AMQP = "amqp://user:password@rabbitmq.yuanban.svc:5672/"
MADE_UP = {"connection_string": AMQP, "url": "https://tax.example.org"}
TAX = "tax-authority"
ADDRESSES = {"living": "living-addresses", "production": "production-addresses"}
"""Secrets that there need not be."""
WORKLOADS = [f"{name}-{role}" for name in SERVICES for role in ("web", "worker")]
OVERLAY = "overlays/production"

each_container = pytest.mark.parametrize(
    ("pod", "container"),
    [pytest.param(pod, each, id=f"{name}-{each['name']}") for name, pod, each in containers()],
)


def _validate(each: Json) -> None:
    custom = CUSTOM.get(each["kind"])
    if custom is not None:
        jsonschema.Draft202012Validator(custom).validate(each)
    else:
        kubernetes_validate.validate(each, KUBERNETES, strict=True)


@pytest.mark.parametrize("each", base(), ids=lambda each: f"{each['kind']}-{each['metadata']['name']}")
def test_an_object_is_what_kubernetes_and_the_operators_say(each: Json) -> None:
    _validate(each)


def test_the_validation_would_notice_a_word_that_does_not_exist() -> None:
    for kind, wrong in (("Deployment", "replicaz"), ("Cluster", "instancez")):
        each = next(iter(of_kind(kind).values()))
        with pytest.raises((kubernetes_validate.ValidationError, jsonschema.ValidationError)):
            _validate({**each, "spec": {**each["spec"], wrong: 3}})


def test_every_service_has_web_and_worker_with_all_that_belongs_to_them() -> None:
    assert set(of_kind("Deployment")) == set(WORKLOADS) == set(of_kind("PodDisruptionBudget"))
    assert set(of_kind("HorizontalPodAutoscaler")) == {f"{name}-web" for name in SERVICES}
    assert set(of_kind("Service")) == set(SERVICES)
    assert set(of_kind("ServiceAccount")) == {*SERVICES, "migrate"}


def test_a_deployment_runs_the_role_it_is_named_for() -> None:
    for name in WORKLOADS:
        (container,) = pod_specs()[name]["containers"]
        role, service = require_role(container["args"])
        assert f"{service}-{role}" == name


def test_the_migration_goes_over_every_service_with_its_own_credentials() -> None:
    found = of_kind("Job")["migrate"]["spec"]["template"]["spec"]["containers"]
    assert {tuple(each["args"]) for each in found} == {("migrate", name) for name in SERVICES}
    for each in found:
        assert secrets_of(each)["PGPASSWORD"] == (f"{each['args'][1]}-database", "password")


@each_container
def test_a_container_can_start_with_what_it_is_told(pod: Json, container: Json) -> None:
    told = environment(container, MADE_UP)
    settings = require_start(container["args"], told)
    assert settings.metrics_port == 9000
    if container["args"][0] == "web":
        assert "YUANBAN_BROKER_URL" not in told, "web never talks to the broker"


@each_container
def test_a_container_gets_the_secrets_of_its_own_service_and_no_others(pod: Json, container: Json) -> None:
    role, service = container["args"]
    own = {f"{service}-secret-key", f"{service}-database"}
    broker = set() if role == "web" else {"rabbitmq-default-user"}
    outside = {TAX} if service == "enterprise" and role != "migrate" else set()
    signs = {ADDRESSES[service]} if role == "web" and service in ADDRESSES else set()
    assert {secret for secret, _ in secrets_of(container).values()} == own | broker | outside | signs
    mounted = {
        each["secret"]["secretName"]: each["secret"]["items"] for each in pod["volumes"] if "secret" in each
    }
    assert mounted == {"postgres-ca": [{"key": "ca.crt", "path": "ca.crt"}]}, "the certificate, not its key"


def test_no_secret_is_written_down() -> None:
    assert of_kind("Secret") == {}
    text = "".join(path.read_text("utf-8") for path in (ROOT / "k8s").rglob("*") if path.is_file())
    assert not re.search(r"(?i)(password|secret)\w*\s*[:=]\s*[\"']?[\w+/]{16,}", text)
    assert "://" not in re.sub(r"(https?|postgresql\+psycopg|file)://(?!\w+:\w+@)", "", text)


def test_the_secrets_that_an_operator_makes_are_in_the_guide() -> None:
    made_by_operators = {"rabbitmq-default-user", "postgres-ca"}
    used = {
        secret for _, _, each in containers() for secret, _ in secrets_of(each).values()
    } - made_by_operators
    guide = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    needed = {f"{name}-{what}" for name in SERVICES for what in ("secret-key", "database")}
    assert used == {TAX, *ADDRESSES.values(), *needed}
    assert all(f"$service-{what}" in guide for what in ("secret-key", "database"))
    assert all(f"generic {each}" in guide for each in (TAX, *ADDRESSES.values()))


@pytest.mark.parametrize("role", ["web", "worker"])
def test_the_tax_authority_is_connected_where_the_operator_says_how_and_else_nothing_fails(role: str) -> None:
    (container,) = pod_specs()[f"enterprise-{role}"]["containers"]
    settings = require_start(container["args"], environment(container, MADE_UP))
    assert settings.tax_url == MADE_UP["url"] and settings.tax_secret and settings.tax_callback_secret
    outside = [each for each in container["env"] if each["name"].startswith("YUANBAN_TAX_")]
    assert len(outside) == 3
    assert all(each["valueFrom"]["secretKeyRef"]["optional"] is True for each in outside)
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["x-tax"]
    assert {each["name"] for each in outside} == set(compose) - {"YUANBAN_TAX_POLL_S"}


def test_every_setting_exists() -> None:
    documented = set(re.findall(r"^\| `(\w+)`", (ROOT / "docs/settings.md").read_text("utf-8"), re.M))
    for name, _, container in containers():
        for variable in environment(container, MADE_UP):
            of_ours = not variable.startswith(("PG", "YUANBAN_UPSTREAM_"))
            assert not of_ours or variable in documented, f"{name}: {variable}"


@each_container
def test_a_pod_is_confined(pod: Json, container: Json) -> None:
    assert pod["automountServiceAccountToken"] is False and pod["enableServiceLinks"] is False
    context = pod["securityContext"]
    assert context["runAsNonRoot"] is True and context["runAsUser"] == context["runAsGroup"] == 10001
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    assert (
        set(container["resources"]["limits"]) == set(container["resources"]["requests"]) == {"cpu", "memory"}
    )
    assert container["image"] == "yuanban:0.1.0"


def test_the_namespace_refuses_what_is_not_confined() -> None:
    labels = of_kind("Namespace")["yuanban"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("name", WORKLOADS)
def test_probes_mean_three_different_things_and_stopping_outlasts_the_drain(name: str) -> None:
    (container,) = pod_specs()[name]["containers"]
    asked = {
        kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "readiness", "liveness")
    }
    assert asked == {"startup": "/healthz", "readiness": "/readyz", "liveness": "/healthz"}
    web = name.endswith("-web")
    port = {"http": 8000, "operators": 9000}
    assert {each["name"]: each["containerPort"] for each in container["ports"]} == (
        port if web else {"operators": 9000}
    )
    for kind in asked:
        assert container[f"{kind}Probe"]["httpGet"]["port"] == ("http" if web else "operators")
    waits = container["lifecycle"]["preStop"]["sleep"]["seconds"] if web else 0
    drain = GRACE_S if web else DRAIN_S
    assert pod_specs()[name]["terminationGracePeriodSeconds"] >= waits + drain + 5


def test_selectors_find_the_pods_that_they_are_meant_for() -> None:
    deployments = of_kind("Deployment")
    for name, each in deployments.items():
        labels = each["spec"]["template"]["metadata"]["labels"]
        assert f"{labels[NAME]}-{labels[COMPONENT]}" == name
        assert each["spec"]["selector"]["matchLabels"].items() <= labels.items()
        budget = of_kind("PodDisruptionBudget")[name]["spec"]
        assert budget["selector"] == each["spec"]["selector"] and budget["maxUnavailable"] == 1
    for name, service in of_kind("Service").items():
        assert service["spec"]["selector"] == deployments[f"{name}-web"]["spec"]["selector"]["matchLabels"]
    for name, scaler in of_kind("HorizontalPodAutoscaler").items():
        assert scaler["spec"]["scaleTargetRef"]["name"] == name
        assert "replicas" not in deployments[name]["spec"], "two would set the same number"


def test_upstreams_are_the_services_and_ports_that_exist() -> None:
    ports = {name: each["spec"]["ports"][0]["port"] for name, each in of_kind("Service").items()}
    for name in SERVICES:
        (container,) = pod_specs()[f"{name}-web"]["containers"]
        for other, host in upstream_hosts(environment(container, MADE_UP)).items():
            assert host == f"{other}:{ports[other]}"


def _normal(each: Json, name: str) -> Any:
    """An object without its service's name, and without the secret that some may have to sign addresses."""
    for container in each.get("spec", {}).get("template", {}).get("spec", {}).get("containers", ()):
        container["env"] = [one for one in container["env"] if one["name"] != "YUANBAN_ADDRESS_SECRET"]
    return json.loads(json.dumps(each).replace(name, "SERVICE"))


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in ("gateway", "enterprise")])
def test_services_differ_in_their_names_alone(name: str) -> None:
    written = [
        [_normal(each, of) for each in yaml.safe_load_all((BASE / f"{of}.yaml").read_text("utf-8"))]
        for of in ("living", name)
    ]
    assert written[0] == written[1]


@pytest.mark.parametrize("name", SERVICES)
def test_gateway_and_enterprise_are_as_the_others_but_for_what_they_need(name: str) -> None:
    living, own = (pod_specs()[f"{of}-web"]["containers"][0] for of in ("living", name))
    same = set(living) - {"name", "args", "env", "resources", "volumeMounts"}
    assert {key: own[key] for key in same} == {key: living[key] for key in same}
    extra_mounts = [each for each in own["volumeMounts"] if each not in living["volumeMounts"]]
    blobs = {"name": "blobs", "mountPath": "/var/lib/yuanban/blobs"}
    assert extra_mounts == ([blobs] if name == "enterprise" else [])
    workers = [_worker(of) for of in ("living", name)]
    assert workers[0] == workers[1]


def _worker(name: str) -> Any:
    """The worker's pod without what that of `enterprise` alone needs: the files, the tax authority."""
    pod = json.loads(json.dumps(pod_specs()[f"{name}-worker"]))
    (container,) = pod["containers"]
    container["env"] = [each for each in container["env"] if not each["name"].startswith("YUANBAN_TAX_")]
    for held in (container["volumeMounts"], pod["volumes"]):
        held[:] = [each for each in held if each["name"] != "blobs"]
    return _normal(pod, name)


def test_every_service_has_its_role_and_database_in_postgresql() -> None:
    cluster = of_kind("Cluster")["postgres"]["spec"]
    roles = {each["name"]: each for each in cluster["managed"]["roles"]}
    assert set(roles) == {f"yuanban_{name}" for name in SERVICES}
    for name in SERVICES:
        assert roles[f"yuanban_{name}"]["passwordSecret"] == {"name": f"{name}-database"}
        assert not {"superuser", "createdb", "createrole"} & set(roles[f"yuanban_{name}"])
        database = of_kind("Database")[name]["spec"]
        assert database["name"] == database["owner"] == f"yuanban_{name}"


def test_engines_are_pinned_to_the_versions_that_compose_has() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    postgres = of_kind("Cluster")["postgres"]["spec"]["imageName"].rpartition(":")[2].split("-")[0]
    assert compose["postgres"]["image"].rpartition(":")[2].split("-")[0] == postgres
    rabbitmq = of_kind("RabbitmqCluster")["rabbitmq"]["spec"]["image"].rpartition(":")[2].split("-")[0]
    assert compose["rabbitmq"]["image"].rpartition(":")[2].split("-")[0] == rabbitmq


def test_the_overlay_is_valid_and_leaves_nothing_unnamed() -> None:
    objects = rendered(OVERLAY)
    for each in objects:
        _validate(each)
        if each["kind"] != "Namespace":
            assert each["metadata"]["namespace"] == "yuanban"
    (settings,) = of_kind("ConfigMap", objects)
    for kind in ("Deployment", "Job"):
        for name, each in of_kind(kind, objects).items():
            for container in each["spec"]["template"]["spec"]["containers"]:
                assert container["image"].startswith("registry.example.org/yuanban:"), name
                assert container["envFrom"] == [{"configMapRef": {"name": settings}}], name
    (ingress,) = of_kind("Ingress", objects).values()
    (rule,) = ingress["spec"]["rules"]
    assert rule["http"]["paths"][0]["backend"]["service"]["name"] == "gateway"
    assert of_kind("ConfigMap", objects)[settings]["data"]["YUANBAN_PUBLIC_URL"] == f"https://{rule['host']}"


def test_the_overlay_stands_the_loss_of_one_of_everything() -> None:
    objects = rendered(OVERLAY)
    for name, each in of_kind("Deployment", objects).items():
        if name.endswith("-worker"):
            assert each["spec"]["replicas"] == 2, name
    assert all(
        each["spec"]["minReplicas"] >= 2 for each in of_kind("HorizontalPodAutoscaler", objects).values()
    )
    assert of_kind("Cluster", objects)["postgres"]["spec"]["instances"] == 3
    assert of_kind("RabbitmqCluster", objects)["rabbitmq"]["spec"]["replicas"] == 3


def test_postgresql_takes_as_many_connections_as_the_largest_installation_opens() -> None:
    objects = rendered(OVERLAY)
    # Threads of a web process and its readiness; loops of a worker, its readiness and its relay's own.
    web, worker = 8 + 1, 7
    webs = sum(each["spec"]["maxReplicas"] for each in of_kind("HorizontalPodAutoscaler", objects).values())
    workers = sum(each["spec"].get("replicas", 0) for each in of_kind("Deployment", objects).values())
    parameters = of_kind("Cluster", objects)["postgres"]["spec"]["postgresql"]["parameters"]
    reserved = 20  # the operator, replication, an administrator
    # One pod more of each kind while a version is rolled out.
    surge = len(SERVICES) * (web + worker)
    assert webs * web + workers * worker + surge + reserved <= int(parameters["max_connections"])


def test_uploaded_files_are_shared_by_the_pods_of_the_service_that_owns_them() -> None:
    assert of_kind("PersistentVolumeClaim")["blobs"]["spec"]["accessModes"] == ["ReadWriteMany"]
    holders = [
        name for name, pod in pod_specs().items() if any(each["name"] == "blobs" for each in pod["volumes"])
    ]
    # The worker deletes what nobody refers to any more, hands files over and keeps what comes back.
    assert holders == ["enterprise-web", "enterprise-worker"]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    mounted = {name for name, each in compose.items() if any("blobs" in v for v in each.get("volumes", []))}
    assert mounted - {"seed"} == {"enterprise", "enterprise-worker"}
