"""docs/operations.md: every metric that the processes show."""

from collections.abc import Iterator

from procurement.platform.telemetry import Catalogue
from tests.published.marks import filled, table

_COUNTED = ("counter", "_total")


def pages() -> Iterator[tuple[str, str]]:
    yield filled("operations.md", {"metrics": _metrics()})


def _metrics() -> str:
    """Those of the client library (process_…, python_…) are known to every dashboard."""
    rows = []
    for family in Catalogue().registry.collect():
        if family.name.startswith("procurement_"):
            name = family.name + (_COUNTED[1] if family.type == _COUNTED[0] else "")
            rows.append((f"`{name}`", family.type, family.documentation))
    return table("metric | kind | what it tells", sorted(rows))
