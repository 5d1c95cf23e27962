"""What docs/ shows is made from the code: `python -m tests.published` writes it, the tests compare."""

from collections.abc import Iterator
from pathlib import Path

from tests.published import suppliers

DOCS = Path(__file__).parents[2] / "docs"


def pages() -> Iterator[tuple[Path, str]]:
    """Every generated file, with what stands in it."""
    for name, text in suppliers.pages():
        yield DOCS / name, text
