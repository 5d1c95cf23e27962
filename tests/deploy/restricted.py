"""Pod Security Standards, level "restricted" (with "baseline"), and what we ask of ourselves beyond it."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.deploy.manifests import Object, containers

_CLAIMS = {"ephemeral", "persistentVolumeClaim"}
_VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "projected", "secret"} | _CLAIMS


def violations(pod: Object) -> list[str]:
    """Of the restricted standard."""
    return [*_of_the_pod(pod["spec"]), *(f for c in containers(pod) for f in _of_a_container(c, pod["spec"]))]


def _of_the_pod(spec: Mapping[str, Any]) -> Iterator[str]:
    for shared in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(shared):
            yield f"{shared} is set"
    if spec.get("securityContext", {}).get("sysctls"):
        yield "sysctls are set"
    if spec.get("securityContext", {}).get("windowsOptions", {}).get("hostProcess"):
        yield "it is a host process"
    for volume in spec.get("volumes", []):
        if kinds := set(volume) - {"name"} - _VOLUMES:
            yield f"volume {volume['name']} is a {', '.join(kinds)}"


def _of_a_container(container: Object, spec: Mapping[str, Any]) -> Iterator[str]:
    own, whole = container.get("securityContext", {}), spec.get("securityContext", {})
    name, both = container["name"], {**whole, **own}
    if own.get("privileged"):
        yield f"{name} is privileged"
    if own.get("allowPrivilegeEscalation") is not False:
        yield f"{name} may escalate its privileges"
    if both.get("runAsNonRoot") is not True:
        yield f"{name} may run as root"
    if both.get("runAsUser") == 0:
        yield f"{name} runs as root"
    if both.get("seccompProfile", {}).get("type") not in {"RuntimeDefault", "Localhost"}:
        yield f"{name} has no seccomp profile"
    if own.get("capabilities", {}).get("drop") != ["ALL"]:
        yield f"{name} keeps capabilities"
    if set(own.get("capabilities", {}).get("add", [])) - {"NET_BIND_SERVICE"}:
        yield f"{name} adds capabilities"
    if own.get("procMount", "Default") != "Default":
        yield f"{name} unmasks /proc"
    if any(port.get("hostPort") for port in container.get("ports", [])):
        yield f"{name} takes a port of the host"


def shortcomings(pod: Object) -> list[str]:
    """What the standard allows and we do not."""
    spec = pod["spec"]
    found = [] if spec.get("automountServiceAccountToken") is False else ["it has a token of the cluster"]
    if spec.get("enableServiceLinks") is not False:
        found.append("it gets variables of every Service around")
    return [*found, *(f for c in containers(pod) for f in _ours(c, spec["securityContext"]))]


def _ours(container: Object, whole: Mapping[str, Any]) -> Iterator[str]:
    name, resources = container["name"], container["resources"]
    if container["securityContext"].get("readOnlyRootFilesystem") is not True:
        yield f"{name} can change its own files"
    if min(whole["runAsUser"], whole["runAsGroup"]) < 10_000:
        yield f"{name} may be a user of the host"
    if resources["requests"]["memory"] != resources["limits"]["memory"]:
        yield f"{name} is promised less memory than it may take"
    if "cpu" in resources["limits"]:
        yield f"{name} is throttled"
    if "cpu" not in resources["requests"]:
        yield f"{name} asks for no CPU"
    if container["image"].endswith(":latest") or ":" not in container["image"].rpartition("/")[2]:
        yield f"{name} is whatever was pushed last"
