"""The pages that people read, and what stands in them."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tracked import ROOT, tracked

PAGES = [ROOT / path for path in tracked() if path.suffix == ".md"]

_FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")
_BLOCK = re.compile(r"^(?:```\w*\n(.*?)^```\s*$|((?:^ {4}[^\n]*\n)+))", re.MULTILINE | re.DOTALL)


def prose(page: Path) -> str:
    """Without what stands in fences."""
    return _FENCE.sub("", page.read_text())


def links(page: Path) -> Iterator[str]:
    """Where the page points, within the project."""
    for target in _LINK.findall(prose(page)):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(page: Path) -> set[str]:
    """As the usual renderers name headings: lower case, no punctuation, blanks to hyphens."""
    titles = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title) for title in _HEADING.findall(prose(page)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def code(page: Path) -> Iterator[str]:
    """Every piece of code on the page, within a line or as a block."""
    yield from _CODE.findall(prose(page))
    for fenced, indented in _BLOCK.findall(page.read_text()):
        yield fenced or indented
