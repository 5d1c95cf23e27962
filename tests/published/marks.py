"""The generated parts of pages that people write: what stands between two marks is made anew."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"

_PART = re.compile(r"(<!-- made: ([a-z-]+) -->\n).*?(<!-- end of \2 -->)", re.DOTALL)


def filled(page: str, parts: Mapping[str, str]) -> tuple[str, str]:
    """The page's name and text. Raise KeyError for a mark that nobody fills or a part without a mark."""
    text = (DOCS / page).read_text()
    marked = {found[2] for found in _PART.finditer(text)}
    if marked != parts.keys():
        raise KeyError(f"{page}: marks {sorted(marked)}, parts {sorted(parts)}")
    return page, _PART.sub(lambda found: f"{found[1]}{parts[found[2]]}\n{found[3]}", text)


def table(head: str, rows: Sequence[tuple[str, ...]]) -> str:
    names = [name.strip() for name in head.split("|")]
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
