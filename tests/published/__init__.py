"""What docs/ shows is made from the code: `python -m tests.published` writes it, the tests compare."""

from collections.abc import Iterator
from pathlib import Path

from tests.published import api, event_list, examples, invoicing, operations, purchasing, receiving, suppliers
from tests.published.marks import DOCS

__all__ = ["DOCS", "pages"]

PARTS = (
    suppliers.pages,
    purchasing.pages,
    receiving.pages,
    invoicing.pages,
    event_list.pages,
    api.pages,
    operations.pages,
)


def pages() -> Iterator[tuple[Path, str]]:
    """Every generated file, with what stands in it."""
    for part in PARTS:
        for name, text in part():
            yield DOCS / name, text
    yield from examples.pages()
