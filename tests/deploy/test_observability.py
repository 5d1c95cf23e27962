"""Dashboard and alerts speak of metrics and labels that there are, and every alert says what to do."""

import json
import re
from typing import Any

import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram

from procurement.platform.outbox import SLOTS
from procurement.platform.telemetry import Catalogue
from tests.deploy.manifests import DEPLOY, ROOT

OBSERVABILITY = DEPLOY / "observability"
DASHBOARD: Any = json.loads((OBSERVABILITY / "dashboard.json").read_text())
ALERTS: Any = [
    rule
    for group in yaml.safe_load((OBSERVABILITY / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", [])]
EXPRESSIONS = [*QUERIES, *(rule["expr"] for rule in ALERTS)]
OF_THE_SCRAPE = {"job", "instance"}
NAME = re.compile(r"\b(?:procurement|process|python)_[a-z0-9_]+")


def _published() -> dict[str, set[str]]:
    """The names that a scrape shows, with their labels."""
    catalogue = Catalogue()
    found: dict[str, set[str]] = {}
    for metric in vars(catalogue).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            [family] = metric.describe()
            for name in _series(family.name, family.type):
                found[name] = {*metric._labelnames, *({"le"} if name.endswith("_bucket") else ())}
    for family in catalogue.registry.collect():
        for sample in family.samples:
            found.setdefault(sample.name, set(sample.labels))
    return found


def _series(name: str, kind: str) -> list[str]:
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
    return [name + suffix for suffix in suffixes.get(kind, ("",))]


PUBLISHED = _published()


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_query_asks_for_what_there_is(expression: str) -> None:
    names = set(NAME.findall(expression))
    assert names or "up{" in expression
    assert names <= PUBLISHED.keys()
    labels = {label for name in names for label in PUBLISHED[name]} | OF_THE_SCRAPE
    asked = {
        label for group in re.findall(r"\bby \(([^)]*)\)", expression) for label in re.split(r",\s*", group)
    } | set(re.findall(r"(\w+)(?:=~|!=|!~|=)\"", expression))
    assert asked <= labels


@pytest.mark.parametrize(
    "name", sorted(n for n in PUBLISHED if n.startswith("procurement_") and not n.endswith("_created"))
)
def test_whatever_is_measured_can_be_seen(name: str) -> None:
    family = re.sub(r"_(bucket|count|sum)$", "", name)
    assert any(family in expression for expression in EXPRESSIONS)


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: str(rule["alert"]))
def test_an_alert_says_what_to_do(rule: Any) -> None:
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(), re.MULTILINE)
    assert anchor == rule["alert"].lower()
    assert rule["alert"] in headings
    assert rule["annotations"]["summary"]
    assert rule["labels"]["severity"] in {"page", "ticket"}


def test_every_runbook_has_its_alert() -> None:
    section = (ROOT / "docs" / "operations.md").read_text().partition("## Alerts")[2]
    assert re.findall(r"^### (.+)$", section, re.MULTILINE) == [rule["alert"] for rule in ALERTS]


def test_links_between_runbooks_lead_somewhere() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    anchors = {heading.lower().replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors


def test_the_outbox_has_as_many_slots_as_the_alert_thinks() -> None:
    [expression] = [rule["expr"] for rule in ALERTS if rule["alert"] == "ProcurementOutboxUnattended"]
    assert expression.endswith(f"< {SLOTS}")


def test_panels_stand_beside_each_other_and_have_their_own_number() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = [
        (x, y)
        for panel in panels
        for at in [panel["gridPos"]]
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert max(x for x, _ in taken) < 24
