"""What the pages name is there: links, anchors, commands, files, settings, metrics, tables."""

import re
from pathlib import Path

import click
import pytest

from procurement.entrypoints.cli import main
from procurement.platform.telemetry import Catalogue
from procurement.settings import BackgroundSettings
from tests.architecture.tracked import ROOT, tracked
from tests.docs.pages import PAGES, anchors, code, links, prose

NAMES = {page: page.relative_to(ROOT).as_posix() for page in PAGES}
SOURCES = [path for path in tracked() if path.suffix in {".py", ".yaml", ".yml", ".toml", ".tpl", ".txt"}]

every_page = pytest.mark.parametrize("page", PAGES, ids=NAMES.get)


def below(page: Path, link: str) -> Path:
    return (page.parent / link.partition("#")[0]).resolve() if not link.startswith("#") else page


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = [link for link in links(page) if not below(page, link).exists()]
    assert broken == []


@every_page
def test_every_anchor_is_a_heading(page: Path) -> None:
    pointed = [link for link in links(page) if "#" in link and below(page, link).suffix == ".md"]
    assert [link for link in pointed if link.partition("#")[2] not in anchors(below(page, link))] == []


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_every_page_that_the_source_names_is_there(path: Path) -> None:
    named = re.findall(r"docs/[\w./-]+\.md(?:#[\w-]+)?", (ROOT / path).read_text())
    for target in set(named):
        page, _, anchor = target.partition("#")
        assert (ROOT / page).exists(), target
        assert not anchor or anchor in anchors(ROOT / page), target


@every_page
def test_every_make_target_is_one(page: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {target for piece in code(page) for target in re.findall(r"(?:^|\s)make ([a-z0-9]+)", piece)}
    assert named <= targets


@every_page
def test_every_command_and_its_options_exist(page: Path) -> None:
    unknown = []
    for piece in code(page):
        for line in re.findall(
            r"(?:^|[\s(/])(?<!-n )(?<!--install )procurement ((?:[a-z]+|--)[^\n`#|)]*)", piece
        ):
            unknown += _unknown(line.split())
    assert unknown == []


def _unknown(words: list[str]) -> list[str]:
    """What of a command line the program does not know."""
    command: click.Command = main
    context = click.Context(main)
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        if found is None:
            return words[:1] if command is main else []
        command, words = found, words[1:]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    return [word for word in words if re.fullmatch(r"--[a-z-]+", word) and word not in known]


@every_page
def test_every_path_in_the_tree_exists(page: Path) -> None:
    top = "|".join(sorted({path.parts[0] for path in tracked() if len(path.parts) > 1}))
    named = {
        path
        for piece in re.findall(r"`([^`\n]+)`", prose(page))
        for path in re.findall(rf"^(?:{top})/[\w./-]+$", piece)
    }
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


@every_page
def test_every_setting_is_one(page: Path) -> None:
    known = {name.upper() for name in BackgroundSettings.model_fields} | {
        f"{name}_FILE" for name in BackgroundSettings.secrets
    }
    ours = (
        r"\b((?:DATABASE|MIGRATION|DB|KAFKA|JWT|JWKS|RETRY|SHUTDOWN|LOG|RATE|CURSOR|TRACE|METRICS)_[A-Z_]+)\b"
    )
    named = {name for piece in code(page) for name in re.findall(ours, piece)}
    assert named <= known


@every_page
def test_every_metric_is_one(page: Path) -> None:
    catalogue = {family.name for family in Catalogue().registry.collect()}
    named = {name for piece in code(page) for name in re.findall(r"\bprocurement_[a-z_]+\b", piece)}
    roles = {"procurement_app", "procurement_relay", "procurement_owner", "procurement_service"}
    parts = ("_total", "_bucket", "_count", "_sum")
    bare = {next((name.removesuffix(part) for part in parts if name.endswith(part)), name) for name in named}
    assert bare - roles - catalogue - {"procurement_outbox"} == set()


@every_page
def test_every_table_of_the_database_is_one(page: Path) -> None:
    migrations = "".join(path.read_text() for path in (ROOT / "alembic" / "versions").glob("*.py"))
    named = {
        table
        for piece in re.findall(r"`([^`\n]+)`", prose(page))
        for table in re.findall(r"(?<![\w./-])((?:platform|purchasing|supplier)\.[a-z_]+)\b(?![./-])", piece)
    }
    topics = {"supplier.suppliers", "purchasing.policies"}
    assert [table for table in sorted(named - topics) if not re.search(rf"\b{table}\b", migrations)] == []
