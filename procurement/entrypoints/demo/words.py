"""What the demo tells, in words."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from procurement.entrypoints.demo.bills import Bill, still_open
from procurement.entrypoints.demo.figures import other_nets
from procurement.entrypoints.demo.run import Document
from procurement.entrypoints.demo.walk import Done

_NAMED = 3
_SAME_FILE = "the same file"
_OTHER_NETS = "lines whose stated amount is not quantity times price; quantity and price are what is ordered"


def of_order(done: Done) -> tuple[str, ...]:
    order, events = done.order, done.events
    total = f"{order['total']['amount']} {order['total']['currency']}"
    place = f"{events[0].partition}:{_ranges([event.offset for event in events])}"
    return str(len(order["lines"])), total, done.levels, str(len(events)), place


def _ranges(offsets: Sequence[int]) -> str:
    first, last = offsets[0], offsets[-1]
    without_gaps = last - first == len(offsets) - 1
    return f"{first}-{last}" if without_gaps else " ".join(map(str, offsets))


def why(bill: Bill, *, verbose: bool) -> Iterator[str]:
    """Findings, differences, and the lines that are not simply as ordered."""
    for finding in bill.standing["findings"]:
        yield f"{'fatal' if finding['fatal'] else 'warning'} {finding['rule']}: {finding['detail']}"
    for exception in still_open(bill.match):
        line = f"line {exception['line']}: " if exception["line"] else ""
        yield f"{exception['reason']} {exception['code']}: {line}{exception['detail']}"
    for line in bill.match["lines"]:
        if verbose or _differs(line):
            yield f"line {line['line']}: {line['explanation']}"


def _differs(line: Mapping[str, Any]) -> bool:
    """And no exception says so."""
    expected = line["expected_net"]
    return not line["exceptions"] and (expected is None or Decimal(line["net"]) != Decimal(expected))


def left_out(documents: Sequence[Document]) -> Iterator[tuple[str, str]]:
    """Each text, and the documents that it is about."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for document in documents:
        for text in (*document.left_out, *_of_invoice(document)):
            found[text].append(document.name)
    for text, names in sorted(found.items()):
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield text, ", ".join(names[:_NAMED]) + more


def _of_invoice(document: Document) -> Iterator[str]:
    if document.done and document.invoice and (lines := other_nets(document.invoice)):
        yield f"{_OTHER_NETS}: {lines}"
    if document.bill:
        yield from _copies(document.bill.standing["duplicates"])


def _copies(duplicates: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if alike := {reason for each in duplicates if each["blocks"] for reason in each["reasons"]}:
        what = _SAME_FILE if _SAME_FILE in alike else "the same number of the same seller"
        yield f"{what} is here already; refused until a reason said that it is no second copy"


def summed_up(documents: Sequence[Document]) -> Iterator[str]:
    done = [document.done for document in documents if document.done]
    bills = [document.bill for document in documents if document.bill]
    facts, figures = sum(one.compared for one in done), sum(bill.compared for bill in bills)
    yield f"{facts:,} facts of the documents found again, unchanged, in orders and events."
    yield f"{figures:,} stated amounts, quantities and rates found again, unchanged, in UBL exports."
    standing = Counter(bill.match["status"] for bill in bills)
    yield f"Invoices: {', '.join(f'{count} {status}' for status, count in standing.most_common()) or 'none'}."
    yield f"[bold]{len(bills)} of {len(documents)}[/bold] went through, all stated amounts unchanged."
