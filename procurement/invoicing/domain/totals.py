"""What is wrong with a document as a whole: its order, currency and findings, what it adds to its lines."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from procurement.invoicing.domain.amounts import by_tax, vat
from procurement.invoicing.domain.document import Document, Kind
from procurement.invoicing.domain.evidence import LineMatch, Mismatch, Reason
from procurement.invoicing.domain.findings import Finding
from procurement.invoicing.domain.ordered import NONE, BillableOrder, Corrected
from procurement.invoicing.domain.policy import InvoicingPolicy
from procurement.invoicing.domain.rounding import decimals_of
from procurement.kernel.money import in_digits

_SUM_TO_PAY = "BR-CO-16"
_NEVER_ISSUED = frozenset({"Draft", "AwaitingApproval", "Approved"})


def of_document(
    document: Document, order: BillableOrder | None, findings: Sequence[Finding], corrected: Corrected | None
) -> Iterator[Mismatch]:
    of_figures = list(_of_findings(findings))
    yield from of_figures or _of_vat(document)
    if all(mismatch.code != _SUM_TO_PAY for mismatch in of_figures):
        yield from _of_due(document)
    yield from _of_order(document, order)
    if document.kind is Kind.CREDIT_NOTE:
        yield from _of_corrected(document, corrected)


def _of_findings(findings: Sequence[Finding]) -> Iterator[Mismatch]:
    """One for each rule of arithmetic, however often the document breaks it. What is wrong in form (a missing
    specification identifier on a paper invoice) is worth knowing, and costs nobody money."""
    broken: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.fatal and finding.computed is not None:
            broken.setdefault(finding.rule, []).append(finding)
    for rule, found in broken.items():
        yield Mismatch(
            reason=Reason.FINANCE,
            code=rule,
            line=None,
            detail="; ".join(finding.detail for finding in found),
            stated=found[0].stated,
            expected=found[0].computed,
        )


def _of_vat(document: Document) -> Iterator[Mismatch]:
    """Where no rule compares it: VAT without a breakdown, or of a category that has no rules for its base.
    Only to our disadvantage; each category may be off by less than one, as the standard lets it."""
    taxable, decimals = by_tax(document), decimals_of(document.currency)
    expected = sum((vat(amount, tax.rate, decimals) for tax, amount in taxable.items()), NONE)
    stated = document.totals.with_vat - document.totals.without_vat
    over = expected - stated if document.kind is Kind.CREDIT_NOTE else stated - expected
    if over >= max(len(taxable), 1):
        yield _of_whole(
            Reason.FINANCE,
            "vat-differs",
            f"{in_digits(stated)} {document.currency} of VAT, and the lines at their rates make"
            f" {in_digits(expected)}",
            stated=stated,
            expected=expected,
            at_risk=over,
        )


def _of_due(document: Document) -> Iterator[Mismatch]:
    """More is to be paid than the document charges: for third parties, back to the supplier, or rounded up by
    one or more. Nothing of it was ordered."""
    due, total = document.totals.due, document.totals.with_vat
    over = due - total
    if document.kind is Kind.CREDIT_NOTE:
        over = -over - (document.totals.prepaid or NONE)
    if over >= 1:
        yield _of_whole(
            Reason.FINANCE,
            "due-differs",
            f"{in_digits(due)} {document.currency} are to be paid, and all that is charged is"
            f" {in_digits(total)} with VAT: {in_digits(over)} more",
            stated=due,
            expected=total,
            at_risk=over,
        )


def _of_order(document: Document, order: BillableOrder | None) -> Iterator[Mismatch]:
    total = document.totals.without_vat
    if order is None:
        if document.order_number:
            detail = f"there is no order {document.order_number} of this supplier"
        else:
            detail = "it names no order: say which one it is for"
        yield _of_whole(Reason.REFERENCE, "order-unknown", detail, at_risk=abs(total))
        return
    if order.status in _NEVER_ISSUED or not order.lines:
        detail = f"order {order.number} is {order.status}: it was never issued"
        yield _of_whole(Reason.REFERENCE, "order-not-issued", detail, at_risk=abs(total))
    elif order.status == "Cancelled" and document.kind is Kind.INVOICE:
        detail = f"order {order.number} is cancelled: nothing of it is to be paid"
        yield _of_whole(Reason.REFERENCE, "order-cancelled", detail, at_risk=abs(total))
    if order.currency != document.currency:
        detail = (
            f"in {document.currency}, order {order.number} is in {order.currency}: no amount was compared"
        )
        yield _of_whole(Reason.FINANCE, "currency-differs", detail, at_risk=abs(total))


def _of_corrected(document: Document, corrected: Corrected | None) -> Iterator[Mismatch]:
    total = document.totals.with_vat
    if corrected is None:
        named = ", ".join(reference.number for reference in document.preceding)
        detail = f"no invoice {named} of this supplier is known" if named else "it names no invoice"
        yield _of_whole(Reason.REFERENCE, "invoice-unknown", detail, at_risk=abs(total))
        return
    left = corrected.total - corrected.credited
    if total > left:
        of = f"of its invoice of {in_digits(corrected.total)} only {in_digits(left)} are not credited yet"
        yield _of_whole(
            Reason.FINANCE,
            "credit-exceeds-invoice",
            f"{in_digits(total)} {document.currency} credited, but {of}",
            stated=total,
            expected=left,
            at_risk=total - left,
        )


def beyond_the_lines(
    document: Document, lines: Sequence[LineMatch], policy: InvoicingPolicy
) -> Iterator[Mismatch]:
    """Charges less allowances of the document, which no order has. A line charged below its order leaves room
    for them; one charged above it was judged by itself, and makes none."""
    lines_as_ordered = NONE
    for line in lines:
        expected = line.net if line.expected_net is None else line.expected_net
        lines_as_ordered += max(line.net, expected)
    sign = -1 if document.kind is Kind.CREDIT_NOTE else 1
    total = document.totals.without_vat
    over = sign * total - lines_as_ordered
    if over > policy.price.of(abs(lines_as_ordered)):
        ordered = f"its lines as ordered make {in_digits(sign * lines_as_ordered)}"
        yield _of_whole(
            Reason.PRICE,
            "charges-not-ordered",
            f"{in_digits(total)} {document.currency} without VAT, {ordered}: {in_digits(over)} more"
            f" (tolerance {policy.price})",
            stated=total,
            expected=sign * lines_as_ordered,
            at_risk=over,
        )


def _of_whole(  # noqa: PLR0913 - a difference is made of that much
    reason: Reason,
    code: str,
    detail: str,
    *,
    stated: Decimal | None = None,
    expected: Decimal | None = None,
    at_risk: Decimal = NONE,
) -> Mismatch:
    return Mismatch(
        reason=reason, code=code, line=None, detail=detail, stated=stated, expected=expected, at_risk=at_risk
    )
