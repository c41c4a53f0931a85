"""Who may reach whom in the cluster: the NetworkPolicies, applied by their rules to every pair and port."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

import pytest

from tests.meta.deployment.objects import COMPONENT, NAME, Json, of_kind
from tests.meta.deployment.settings_of import SERVICES

POLICIES = [each["spec"] for each in of_kind("NetworkPolicy").values()]
PORTS = [22, 53, 80, 443, 4369, 5432, 5672, 6443, 8000, 9000, 9187, 15672, 15692, 25672, 35672, 35682, 35683]


@dataclass(frozen=True)
class Pod:
    """Somebody who talks; without `labels` of a namespace it is in ours."""

    name: str
    labels: dict[str, str] = field(hash=False)
    namespace: dict[str, str] | None = field(default=None, hash=False)


def _of(kind: str) -> Iterator[Pod]:
    for name, each in of_kind(kind).items():
        yield Pod(name, each["spec"]["template"]["metadata"]["labels"])


def _elsewhere(name: str, labels: dict[str, str], **namespace: str) -> Pod:
    return Pod(name, labels, {key.replace("__", "/").replace("_", "."): v for key, v in namespace.items()})


OURS = [*_of("Deployment"), *_of("Job")]
PODS = [
    *OURS,
    Pod("postgres", {"cnpg.io/cluster": "postgres", "cnpg.io/podRole": "instance"}),
    Pod("rabbitmq", {NAME: "rabbitmq", COMPONENT: "rabbitmq", "app.kubernetes.io/part-of": "rabbitmq"}),
    Pod("intruder", {"app": "anything"}),
    _elsewhere("ingress", {"app": "edge"}, yuanban__role="ingress"),
    _elsewhere("prometheus", {"app": "prometheus"}, yuanban__role="monitoring"),
    _elsewhere("dns", {"k8s-app": "kube-dns"}, kubernetes_io__metadata_name="kube-system"),
    _elsewhere("operator", {NAME: "cloudnative-pg"}, kubernetes_io__metadata_name="cnpg-system"),
    # The same labels elsewhere are somebody else's.
    _elsewhere(
        "stranger", {NAME: "gateway", COMPONENT: "web", "app.kubernetes.io/part-of": "yuanban"}, a="b"
    ),
]


def _selects(selector: Json, labels: dict[str, str]) -> bool:
    wanted = selector.get("matchLabels", {})
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    for expression in selector.get("matchExpressions", []):
        found = labels.get(expression["key"]) in expression["values"]
        if found != {"In": True, "NotIn": False}[expression["operator"]]:
            return False
    return True


def _is_peer(peer: Json, pod: Pod) -> bool:
    assert set(peer) <= {"podSelector", "namespaceSelector"}
    if "namespaceSelector" in peer:
        if pod.namespace is None or not _selects(peer["namespaceSelector"], pod.namespace):
            return False
    elif pod.namespace is not None:
        return False
    return _selects(peer.get("podSelector", {}), pod.labels)


def _has_port(rule: Json, port: int) -> bool:
    return any(each["port"] <= port <= each.get("endPort", each["port"]) for each in rule["ports"])


def _allows(direction: str, pod: Pod, other: Pod, port: int) -> bool:
    """Whether `pod` may be reached by (Ingress) or may reach (Egress) `other` at `port`."""
    if pod.namespace is not None:
        return True  # not ours to say
    ruling = [
        each
        for each in POLICIES
        if direction in each["policyTypes"] and _selects(each["podSelector"], pod.labels)
    ]
    side = "from" if direction == "Ingress" else "to"
    return not ruling or any(
        _has_port(rule, port) and (side not in rule or any(_is_peer(peer, other) for peer in rule[side]))
        for each in ruling
        for rule in each.get(direction.lower(), [])
    )


def _reachable() -> set[tuple[str, str, int]]:
    return {
        (one.name, other.name, port)
        for one, other, port in product(PODS, PODS, PORTS)
        if (one.namespace is None or other.namespace is None)
        if _allows("Egress", one, other, port) and _allows("Ingress", other, one, port)
    }


def _meant() -> set[tuple[str, str, int]]:
    webs = [f"{name}-web" for name in SERVICES if name != "gateway"]
    workers = [f"{name}-worker" for name in SERVICES]
    ours = [pod.name for pod in OURS]
    inside = [*ours, "postgres", "rabbitmq", "intruder"]
    outside = [pod.name for pod in PODS if pod.namespace is not None]
    return {
        *product(inside, ["dns"], [53]),
        ("ingress", "gateway-web", 8000),
        *product(["gateway-web"], webs, [8000]),
        *product(webs, ["gateway-web"], [8000]),
        *product(ours, ["postgres"], [5432]),
        *product(["postgres", "operator"], ["postgres"], [5432, 8000]),
        *product([*workers, "migrate"], ["rabbitmq"], [5672]),
        *product(["rabbitmq"], ["rabbitmq"], [4369, 25672, 35672, 35682]),
        *product(["prometheus"], ["gateway-web", *webs, *workers], [9000]),
        ("prometheus", "postgres", 9187),
        ("prometheus", "rabbitmq", 15692),
        # The cluster's API, which no selector can name.
        *product(["postgres", "rabbitmq"], outside, [443, 6443]),
        # The tax authority's system, which none can name either.
        *product(["enterprise-worker"], outside, [443]),
    }


def test_exactly_those_reach_each_other_who_need_to() -> None:
    reachable, meant = _reachable(), _meant()
    assert sorted(reachable - meant) == [], "these should not be let through"
    assert sorted(meant - reachable) == [], "these are needed"


@pytest.mark.parametrize(
    "policy", ["deny-everything", "gateway", "services", "to-postgres", "rabbitmq", "to-tax-authority"]
)
def test_without_one_of_the_policies_the_table_is_another(
    policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [each["spec"] for name, each in of_kind("NetworkPolicy").items() if name != policy]
    monkeypatch.setattr("tests.meta.deployment.test_network.POLICIES", kept)
    assert _reachable() != _meant()
