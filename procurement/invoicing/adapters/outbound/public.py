"""The public shapes of invoicing's events: docs/events has their schemas, generated from here."""

from typing import Annotated

from msgspec import Meta, Struct

Amount = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]+(\.[0-9]+)?$",
        description="Decimal number in digits, all decimals kept.",
        examples=["12.5"],
    ),
]


class BilledLine(Struct, frozen=True, kw_only=True):
    """What the document counts for on a line of the order after the event: the latest version says it all."""

    line: Annotated[int, Meta(description="Number of the order line.")]
    billed: Annotated[
        Amount,
        Meta(
            description="What this document adds to what is billed of the order line, from now on and instead"
            " of what its earlier events said: below zero for a credit note, 0 while it is not matched. The"
            " sum over all documents of the order is what was billed."
        ),
    ]
    net: Annotated[Amount, Meta(description="The same in money, without VAT, in the document's currency.")]


class InvoiceFacts(Struct, frozen=True, kw_only=True):
    """What every event of an invoice or a credit note tells."""

    invoice_id: Annotated[str, Meta(description="The document's id.", examples=["inv_0192…"])]
    kind: Annotated[str, Meta(description="invoice or credit-note.", examples=["invoice"])]
    number: Annotated[str, Meta(description="As the supplier writes it.", examples=["R-2026/0815"])]
    supplier_id: Annotated[str, Meta(examples=["sup_0192…"])]
    order_id: Annotated[
        str | None, Meta(description="Null while the order is unknown.", examples=["po_0192…"])
    ]
    order_number: Annotated[str | None, Meta(examples=["PO-2026-000123"])]
    entered_by: str
    status: Annotated[str, Meta(description="State after the event.", examples=["Matched"])]
    previous_status: Annotated[str | None, Meta(description="State before the event; null for a new one.")]
    reason: Annotated[str | None, Meta(description="Why, in the words of who did it.")]
    issued: Annotated[str, Meta(description="The date on the document.", examples=["2026-11-21"])]
    currency: Annotated[str, Meta(description="ISO 4217.", examples=["EUR"])]
    total: Annotated[Amount, Meta(description="With VAT, as stated (BT-112).", examples=["488.79"])]
    payable: Annotated[Amount, Meta(description="Amount due, as stated (BT-115).", examples=["488.79"])]
    lines: list[BilledLine]


class ExceptionBody(Struct, frozen=True, kw_only=True):
    """A difference that somebody must settle, or let pass with a reason."""

    number: int
    reason: Annotated[str, Meta(description="Status reason of Peppol's Invoice Response.", examples=["QTY"])]
    code: Annotated[str, Meta(description="What exactly.", examples=["more-than-ordered"])]
    line: Annotated[str | None, Meta(description="Id of the invoice's line; null for the whole document.")]
    detail: Annotated[str, Meta(description="In words, with the figures.")]
    stated: Amount | None
    expected: Amount | None
    at_risk: Annotated[Amount, Meta(description="Money, in the document's currency.")]
    owner: str | None
    released_by: str | None
    release_reason: str | None


class InvoiceWithExceptions(InvoiceFacts, frozen=True, kw_only=True):
    exceptions: list[ExceptionBody]


class InvoiceRegistered(InvoiceFacts, frozen=True, kw_only=True):
    """A supplier's invoice or credit note was taken in. Nothing is billed before it is matched."""

    preceding: Annotated[
        list[str], Meta(description="For a credit note: the numbers of the invoices that it corrects.")
    ]


class InvoiceMatchDeferred(InvoiceWithExceptions, frozen=True, kw_only=True):
    """Nothing is wrong with it, but goods that it asks for have yet to come."""


class InvoiceMatched(InvoiceWithExceptions, frozen=True, kw_only=True):
    """The invoice agrees with the order and with what came, or somebody let the differences pass: it may be
    paid."""


class CreditNoteMatched(InvoiceWithExceptions, frozen=True, kw_only=True):
    """The credit note agrees with its invoice: so much less is owed."""


class InvoiceDisputed(InvoiceWithExceptions, frozen=True, kw_only=True):
    """It may not be paid before its open exceptions are settled or released."""


class InvoiceExceptionAssigned(InvoiceWithExceptions, frozen=True, kw_only=True):
    """Somebody looks after an exception."""


class InvoiceExceptionReleased(InvoiceWithExceptions, frozen=True, kw_only=True):
    """Somebody let an exception pass; others are still open."""


class InvoiceResubmitted(InvoiceFacts, frozen=True, kw_only=True):
    """A clerk said which order and lines are meant; it is matched anew."""


class InvoiceRejected(InvoiceFacts, frozen=True, kw_only=True):
    """It will not be paid; the supplier is told why."""


class InvoiceCancelled(InvoiceFacts, frozen=True, kw_only=True):
    """It was entered by mistake; what it counted for is taken back."""


class ToleranceBody(Struct, frozen=True, kw_only=True):
    percentage: Amount
    cap: Annotated[Amount | None, Meta(description="The smaller of the two wins.")]


class InvoicingPolicyDecided(Struct, frozen=True, kw_only=True):
    """What may differ, and whether goods must have come before their invoice matches."""

    version: int
    price: ToleranceBody
    quantity: ToleranceBody
    three_way: bool
    days_to_match: int
