"""What is wrong with what a command says."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from procurement.invoicing.domain.document import Document
from procurement.invoicing.domain.exceptions import InvoiceException
from procurement.invoicing.domain.ordered import BillableOrder
from procurement.invoicing.domain.policy import InvoicingPolicy
from procurement.invoicing.domain.said import labels_of
from procurement.kernel.errors import Blocker, Concern, RuleBroken
from procurement.kernel.ids import OrderId, SupplierId, id_text


def not_open(number: int, exceptions: Sequence[InvoiceException]) -> Iterator[Blocker]:
    exception = next((known for known in exceptions if known.number == number), None)
    if exception is None:
        yield _content("exception-unknown", f"the invoice has no exception {number}", "/exception")
    elif not exception.is_open:
        yield _content(
            "exception-released", f"{exception.released_by} released exception {number} before", "/exception"
        )


def moved_on(
    number: int, known: Sequence[InvoiceException], fresh: Sequence[InvoiceException]
) -> Iterator[Blocker]:
    """Who releases, releases the figures that he saw."""
    seen = next((exception for exception in known if exception.number == number), None)
    now = next((exception for exception in fresh if exception.number == number), None)
    if seen and (now is None or now.mismatch != seen.mismatch):
        yield Blocker(
            "exception-changed",
            Concern.STATE,
            f"exception {number} has other figures by now: {now.mismatch.detail if now else 'settled'};"
            " read the invoice again",
        )


def unknown_lines(
    assigned: Mapping[str, int], document: Document, order: BillableOrder | None
) -> Iterator[Blocker]:
    invoiced = set(labels_of(document))
    ordered = order.lines if order else {}
    for place, (line, order_line) in enumerate(assigned.items()):
        if line not in invoiced:
            yield _content("line-unknown", f"the invoice has no line {line!r}", f"/lines/{place}/line")
        if order_line not in ordered:
            which = f"order {order.number}" if order else "the order, which is unknown,"
            yield _content(
                "order-line-unknown", f"{which} has no line {order_line}", f"/lines/{place}/order_line"
            )


def not_overdue(since: datetime, at: datetime, policy: InvoicingPolicy) -> Iterator[Blocker]:
    if at < since + timedelta(days=policy.days_to_match):
        yield Blocker("not-overdue", Concern.STATE, f"it has {policy.days_to_match} days from {since} on")


def _content(code: str, detail: str, pointer: str) -> Blocker:
    return Blocker(code, Concern.CONTENT, detail, pointer)


def order_meant(
    found: BillableOrder | None, named: OrderId | None, supplier: SupplierId | None
) -> BillableOrder | None:
    """The order of the invoice. Raise RuleBroken when somebody named one of another supplier; where only the
    document states its number, it is as if the number was unknown."""
    if found is None or supplier in {None, found.supplier}:
        return found
    if named is None:
        return None
    raise RuleBroken(
        _content(
            "order-of-another-supplier",
            f"order {found.number} is with {id_text('sup', found.supplier)}",
            "/order_id",
        )
    )


def supplier_meant(order: BillableOrder | None, named: SupplierId | None) -> SupplierId:
    supplier = named or (order.supplier if order else None)
    if supplier is None:
        raise RuleBroken(
            _content(
                "supplier-missing",
                "the document states no order that is known here: say supplier_id or order_id",
                "/supplier_id",
            )
        )
    return supplier
