"""The rendered manifests, as Kubernetes would read them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
K8S = DEPLOY / "k8s"
CHART = DEPLOY / "helm" / "procurement"

Object = Mapping[str, Any]


def objects(*texts: str) -> list[Object]:
    return [each for text in texts for each in yaml.safe_load_all(text) if each]


RENDERED = objects((K8S / "procurement.yaml").read_text(), (K8S / "before" / "jobs.yaml").read_text())


def of_kind(kind: str, among: list[Object] = RENDERED) -> dict[str, Object]:
    return {each["metadata"]["name"]: each for each in among if each["kind"] == kind}


def pods(among: list[Object] = RENDERED) -> dict[str, Object]:
    """The pod templates of everything that runs."""
    running = of_kind("Deployment", among) | of_kind("Job", among)
    return {name: each["spec"]["template"] for name, each in running.items()}


def containers(pod: Object) -> Iterator[Object]:
    spec = pod["spec"]
    yield from spec.get("initContainers", [])
    yield from spec["containers"]


def variables(container: Object, among: list[Object] = RENDERED) -> dict[str, str]:
    """Its environment; what is named itself goes before what comes from a ConfigMap."""
    configs = of_kind("ConfigMap", among)
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        found |= configs[source["configMapRef"]["name"]]["data"]
    return found | {each["name"]: each["value"] for each in container.get("env", [])}


def mounted_files(pod: Object) -> set[str]:
    """Paths of the secret files that the pod's only container finds."""
    [container] = containers(pod)
    volumes = {each["name"]: each for each in pod["spec"]["volumes"]}
    return {
        f"{mount['mountPath']}/{item['path']}"
        for mount in container["volumeMounts"]
        for source in volumes[mount["name"]].get("projected", {}).get("sources", [])
        for kind in source
        for item in source[kind]["items"]
    }
