"""The image: what it is made of stands in locks, and it runs as nobody."""

import json
import re
import tomllib

import yaml

from tests.deploy.manifests import CHART, DEPLOY, K8S, ROOT

TEXT = (ROOT / "Dockerfile").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LINES = [
    (instruction.upper(), rest.strip())
    for instruction, rest in re.findall(
        r"^([A-Za-z]+)\s(.*)$", re.sub(r"^#.*\n|\\\n", "", TEXT, flags=re.MULTILINE), re.MULTILINE
    )
]
STAGES = [rest for instruction, rest in LINES if instruction == "FROM"]
LAST = LINES[max(i for i, (instruction, _) in enumerate(LINES) if instruction == "FROM") :]


def instructions(name: str, among: list[tuple[str, str]] = LINES) -> list[str]:
    return [rest for instruction, rest in among if instruction == name]


def test_the_base_is_one_exact_release() -> None:
    base, *others = STAGES
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+(@sha256:[0-9a-f]{64})? AS python", base)
    assert others == ["python AS build", "python"]


def test_it_runs_as_nobody_and_without_a_shell() -> None:
    assert instructions("USER", LAST) == ["65532:65532"]
    [entrypoint] = instructions("ENTRYPOINT", LAST)
    assert json.loads(entrypoint) == ["procurement"]
    assert LAST.index(("USER", "65532:65532")) > max(
        i for i, (instruction, _) in enumerate(LAST) if instruction in {"RUN", "COPY"}
    )


def test_nothing_is_fetched_but_by_pip_with_hashes() -> None:
    assert instructions("ADD") == []
    assert not re.search(r"curl|wget|apt-get|git clone", TEXT)
    for command in instructions("RUN"):
        for part in command.split("&&"):
            if "pip" in part and "install" in part and "uninstall" not in part:
                assert "--require-hashes --no-deps" in re.sub(r"\s+", " ", part) or "--no-index" in part


def test_no_secret_and_no_health_check_is_baked_in() -> None:
    assert not re.search(r"password|secret|token=", TEXT, re.IGNORECASE)
    assert instructions("HEALTHCHECK") == []


def test_only_what_was_built_comes_into_the_last_stage() -> None:
    assert instructions("COPY", LAST) == ["--from=build /opt/procurement /opt/procurement"]
    assert "pip uninstall" in " ".join(instructions("RUN", LAST))


def test_everything_that_is_copied_is_let_through() -> None:
    let_through = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = {
        source
        for rest in instructions("COPY")
        if not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    assert copied == let_through
    assert all((ROOT / each).exists() for each in copied)


def test_one_command_makes_every_lock_anew() -> None:
    locks = {
        str(path.relative_to(ROOT)) for folder in (ROOT, DEPLOY) for path in folder.glob("requirements*.txt")
    }
    locks_made = set(re.findall(r"-o (\S+\.txt)$", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert locks == locks_made


def test_the_builder_is_the_one_in_the_lock() -> None:
    pins = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)
    builder = dict(pins.findall((DEPLOY / "requirements-build.txt").read_text()))
    locked = dict(pins.findall((ROOT / "requirements-dev.txt").read_text()))
    assert "hatchling" in builder
    assert builder.items() <= locked.items()


def test_version_and_chart_are_the_projects() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["version"] == chart["appVersion"] == PROJECT["version"]
    for folder in (K8S, K8S / "before"):
        [image] = yaml.safe_load((folder / "kustomization.yaml").read_text())["images"]
        assert image["newTag"] == PROJECT["version"]
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert compose["services"]["api"]["build"]["args"]["VERSION"] == PROJECT["version"]


def test_the_licence_on_the_label_is_the_projects() -> None:
    assert f'licenses="{PROJECT["license"]}"' in TEXT
