"""What invoicing's API gives: field by field the public contract."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from procurement.invoicing.adapters.inbound.documents import InvoiceDocumentBody
from procurement.invoicing.adapters.inbound.documents.document import TotalsBody, VatSubtotalBody
from procurement.invoicing.adapters.inbound.peppol import IN_WORDS
from procurement.invoicing.adapters.inbound.requests import InvoicingPolicyBody
from procurement.invoicing.domain.document import Kind
from procurement.invoicing.domain.matching import Reason, Result, Rung

Stated = Annotated[str | None, Meta(description="The figure as the document has it.", examples=["293.75"])]


class OriginalBody(Struct, frozen=True, kw_only=True):
    """The file it came in as; `GET …/original` gives it back."""

    media_type: str
    size: Annotated[int, Meta(description="Bytes.")]
    sha256: str


class FindingBody(Struct, frozen=True, kw_only=True):
    """What is wrong with the document by itself."""

    rule: Annotated[str, Meta(description="In the names of EN 16931.", examples=["BR-CO-10"])]
    fatal: Annotated[bool, Meta(description="By the standard it may not be sent like this.")]
    detail: str
    at: Annotated[str | None, Meta(examples=["line 3", "VAT S 19", "total BT-106"])]
    stated: Stated
    computed: Annotated[str | None, Meta(description="What the rule makes of it.", examples=["293.74"])]


class ExceptionBody(Struct, frozen=True, kw_only=True):
    """A difference between the invoice and what was ordered and came."""

    number: Annotated[int, Meta(description="Within the invoice; never used again.")]
    reason: Annotated[
        Reason,
        Meta(description=f"Peppol Invoice Response: {'; '.join(f'{k} {w}' for k, w in IN_WORDS.items())}."),
    ]
    code: Annotated[str, Meta(description="What exactly.", examples=["price-too-high"])]
    line: Annotated[str | None, Meta(description="Id of the invoice line; null for the whole document.")]
    detail: Annotated[str, Meta(description="In words, with the figures.")]
    stated: Stated
    expected: str | None
    at_risk: Annotated[str, Meta(description="Money, in the document's currency.")]
    open: Annotated[bool, Meta(description="Nobody released it.")]
    waits: Annotated[bool, Meta(description="It settles itself once the goods are here.")]
    owner: str | None
    released_by: str | None
    release_reason: str | None


class DuplicateBody(Struct, frozen=True, kw_only=True):
    """A document that it might be a second copy of."""

    invoice_id: str
    number: str
    reasons: Annotated[list[str], Meta(description="In words.")]
    blocks: Annotated[bool, Meta(description="It took a duplicate_reason to enter it.")]


class StandingBody(Struct, frozen=True, kw_only=True):
    """Where an invoice or credit note stands; the document itself is in `GET /v1/invoices/{invoice_id}`."""

    id: Annotated[str, Meta(examples=["inv_01920000-0000-7000-8000-000000000004"])]
    status: Annotated[str, Meta(examples=["Registered"])]
    version: Annotated[int, Meta(description="What ETag says; If-Match wants it back.")]
    kind: Kind
    number: Annotated[str, Meta(description="The supplier's.")]
    currency: str
    total: Annotated[str, Meta(description="With VAT, as stated (BT-112).")]
    supplier_id: str
    order_id: Annotated[str | None, Meta(description="Null while the order is not known here.")]
    order_number: Annotated[str | None, Meta(description="As the supplier states it, or as a clerk said.")]
    corrects: Annotated[str | None, Meta(description="For a credit note: the invoice it takes back from.")]
    entered_by: str
    registered_at: datetime
    resubmissions: int
    timed_out: Annotated[bool, Meta(description="It was not matched within the days it had.")]
    original: OriginalBody
    findings: list[FindingBody]
    exceptions: list[ExceptionBody]
    duplicates: list[DuplicateBody]
    duplicate_reason: Annotated[str | None, Meta(description="Why it is none.")]


class ComputedBody(Struct, frozen=True, kw_only=True):
    """What we make of the same figures; where it differs by more than rounding, there is a finding."""

    line_nets: Annotated[
        list[str],
        Meta(
            description="For each line: quantity by price, plus charges, less allowances.",
            examples=[["246.00"]],
        ),
    ]
    breakdown: Annotated[
        list[VatSubtotalBody], Meta(description="VAT rounded half-up, once for each category and rate.")
    ]
    totals: Annotated[TotalsBody, Meta(description="Of the line amounts as they are stated.")]


class InvoiceBody(StandingBody, frozen=True, kw_only=True):
    """An invoice or credit note."""

    document: Annotated[InvoiceDocumentBody, Meta(description="As stated; what is not stated is left out.")]
    computed: ComputedBody


class InvoiceSummaryBody(Struct, frozen=True, kw_only=True):
    id: str
    status: str
    version: int
    kind: Kind
    number: str
    supplier_id: str
    order_id: str | None
    order_number: str | None
    issued: date
    currency: str
    total: Annotated[str, Meta(description="With VAT.")]
    line_count: int
    open_exceptions: int
    finding_count: int
    registered_at: datetime


class InvoicePage(Struct, frozen=True, kw_only=True):
    items: list[InvoiceSummaryBody]
    next: str | None
    prev: str | None


class InvoicingPolicyInForce(InvoicingPolicyBody, frozen=True, kw_only=True):
    version: int


class LineMatchBody(Struct, frozen=True, kw_only=True):
    """What was compared on one line."""

    line: Annotated[str, Meta(description="Id of the invoice line.")]
    order_line: Annotated[int | None, Meta(description="Null where none was found.")]
    rung: Annotated[Rung | None, Meta(description="How it was found, the surest way first.")]
    unit: str
    quantity: Annotated[str, Meta(description="Invoiced; below zero where it is credited.")]
    ordered: Annotated[str | None, Meta(description="Less what was closed short.")]
    accepted: Annotated[str | None, Meta(description="By all receipts, less what went back.")]
    billed_before: Annotated[
        str | None, Meta(description="By other documents and by earlier lines of this one.")
    ]
    price: Annotated[str | None, Meta(description="Of one unit: the stated net amount over the quantity.")]
    ordered_price: str | None
    net: Annotated[str, Meta(description="BT-131.")]
    expected_net: str | None
    explanation: Annotated[str, Meta(description="All of it in a sentence.")]
    exceptions: Annotated[list[int], Meta(description="Numbers of the differences on this line.")]


class MatchBody(Struct, frozen=True, kw_only=True):
    """The last match: what was compared, under which policy, and what came of it."""

    invoice_id: str
    status: Annotated[str, Meta(description="Of the invoice now.")]
    version: int
    result: Result
    order_id: str | None
    order_number: str | None
    order_status: Annotated[str | None, Meta(description="In purchasing's words; null while it is unknown.")]
    corrects: str | None
    policy: Annotated[InvoicingPolicyInForce, Meta(description="The one that it was matched under.")]
    lines: list[LineMatchBody]
    exceptions: Annotated[list[ExceptionBody], Meta(description="Every difference, and who let it pass.")]
