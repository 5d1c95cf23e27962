"""Who may talk to whom."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.deploy.manifests import Object, of_kind, pods

POLICIES = of_kind("NetworkPolicy")
PODS = pods()
PORTS = {"dns": 53, "postgres": 5432, "kafka": 9092, "telemetry": 4318, "identity": 443}
MAY_REACH = {
    "procurement-api": {"dns", "postgres", "identity", "telemetry"},
    "procurement-worker": {"dns", "postgres", "kafka", "telemetry"},
    "procurement-consumer": {"dns", "postgres", "kafka", "telemetry"},
    "procurement-migrate": {"dns", "postgres", "kafka"},
    "procurement-topics": {"dns", "postgres", "kafka"},
}
MAY_BE_REACHED = {
    "procurement-api": {8080, 8081},
    "procurement-worker": {8081},
    "procurement-consumer": {8081},
    "procurement-migrate": set[int](),
    "procurement-topics": set[int](),
}


def policies_of(pod: str) -> list[Mapping[str, Any]]:
    return [each["spec"] for each in POLICIES.values() if _selects(each["spec"]["podSelector"], PODS[pod])]


def _selects(selector: Mapping[str, Any], pod: Object) -> bool:
    labels = pod["metadata"]["labels"]
    return bool(selector["matchLabels"].items() <= labels.items())


def _ports(pod: str, direction: str) -> set[int]:
    return {
        port["port"]
        for spec in policies_of(pod)
        for rule in spec.get(direction, [])
        for port in rule["ports"]
    }


@pytest.mark.parametrize("pod", PODS)
def test_what_is_not_named_is_denied(pod: str) -> None:
    denied = {direction for spec in policies_of(pod) for direction in spec["policyTypes"]}
    assert denied == {"Ingress", "Egress"}


@pytest.mark.parametrize("pod", PODS)
def test_a_pod_reaches_what_it_needs_and_nothing_else(pod: str) -> None:
    assert _ports(pod, "egress") == {PORTS[each] for each in MAY_REACH[pod]}


@pytest.mark.parametrize("pod", PODS)
def test_a_pod_is_reached_where_it_listens_and_nowhere_else(pod: str) -> None:
    assert _ports(pod, "ingress") == MAY_BE_REACHED[pod]


@pytest.mark.parametrize("name", POLICIES)
def test_every_rule_names_its_peers(name: str) -> None:
    spec = POLICIES[name]["spec"]
    assert all(rule["to"] for rule in spec.get("egress", []))
    assert all(rule["from"] for rule in spec.get("ingress", []))


def test_nobody_reaches_the_metadata_of_the_cloud() -> None:
    [block] = [
        peer["ipBlock"]
        for rule in POLICIES["procurement-api"]["spec"]["egress"]
        for peer in rule["to"]
        if "ipBlock" in peer
    ]
    assert "169.254.0.0/16" in block["except"]


@pytest.mark.parametrize("name", of_kind("Service"))
def test_a_service_finds_ports_of_its_pods_and_never_a_job(name: str) -> None:
    spec = of_kind("Service")[name]["spec"]
    found = {
        pod: template
        for pod, template in PODS.items()
        if _selects({"matchLabels": spec["selector"]}, template)
    }
    assert found
    assert not found.keys() & of_kind("Job").keys()
    for template in found.values():
        [container] = template["spec"]["containers"]
        assert {port["targetPort"] for port in spec["ports"]} <= {port["name"] for port in container["ports"]}


def test_metrics_are_not_on_the_public_service() -> None:
    assert [port["targetPort"] for port in of_kind("Service")["procurement-api"]["spec"]["ports"]] == ["http"]


@pytest.mark.parametrize("name", of_kind("PodDisruptionBudget"))
def test_a_budget_leaves_somebody_and_blocks_no_drain(name: str) -> None:
    spec = of_kind("PodDisruptionBudget")[name]["spec"]
    assert spec["maxUnavailable"] == 1
    assert [pod for pod in PODS if _selects(spec["selector"], PODS[pod])] == [name]
