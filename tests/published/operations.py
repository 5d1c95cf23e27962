"""docs/operations.md: every metric that the processes show, every group that listens."""

from collections import defaultdict
from collections.abc import Iterator

from procurement.bootstrap.topics import TOPICS
from procurement.platform.telemetry import Catalogue
from tests.published.marks import filled, table

_COUNTED = ("counter", "_total")

_WHILE_BEHIND = {
    "purchasing.supplier-standing": "orders of new suppliers are refused with `supplier-unknown`",
    "purchasing.receipt-progress": "orders do not show what came",
    "purchasing.billing-progress": "orders do not show what was billed, nor that an invoice disputes them",
    "receiving.expectations": "receipts for new orders are refused with `order-unknown`",
    "receiving.closing": "receipts that are billed in full are not closed yet",
    "invoicing.orders": "invoices for new orders wait",
    "invoicing.receipts": "invoices for what has just come wait",
    "invoicing.matching": "invoices stay Registered",
}


def pages() -> Iterator[tuple[str, str]]:
    yield filled("operations.md", {"metrics": _metrics(), "groups": _groups()})


def _groups() -> str:
    """Each has a topic for its dead letters, named after both."""
    heard = defaultdict[str, list[str]](list)
    for name in TOPICS:
        topic, dead, group = name.partition(".dead.")
        if dead:
            heard[group].append(f"`{topic}`")
    rows = [
        (f"`{group}`", ", ".join(topics), _WHILE_BEHIND[group]) for group, topics in sorted(heard.items())
    ]
    return table("group | hears | while it is behind", rows)


def _metrics() -> str:
    """Those of the client library (process_…, python_…) are known to every dashboard."""
    rows = []
    for family in Catalogue().registry.collect():
        if family.name.startswith("procurement_"):
            name = family.name + (_COUNTED[1] if family.type == _COUNTED[0] else "")
            rows.append((f"`{name}`", family.type, family.documentation))
    return table("metric | kind | what it tells", sorted(rows))
