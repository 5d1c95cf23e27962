"""What invoicing says of an invoice, as its consumers hear it."""

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from procurement.kernel.act import Act, Answer, CommandId
from procurement.kernel.actor import Actor
from procurement.kernel.ids import TenantId
from procurement.platform.cloudevents import outgoing
from procurement.platform.outbox import Message
from procurement.platform.uuid7 import uuid7
from tests.unit.purchasing.builders import NOW, ORDER, SUPPLIER, TENANT

TOPIC = "invoicing.invoices"
CHEN = Actor(person="chen.clerk", roles=frozenset())


@dataclass(kw_only=True)
class Invoice:
    """Each event tells what the document counts for now, on every order line it was ever matched to."""

    number: str = "RE-4711"
    kind: str = "invoice"
    order: UUID | None = ORDER
    tenant: TenantId = TENANT
    id: UUID = field(default_factory=uuid7)
    version: int = 0
    status: str | None = None
    counts: dict[int, Decimal] = field(default_factory=dict)

    def says(self, name: str, *details: str, **counts: str) -> Message:
        """`l1="60"`: on line 1 it counts for 60, at a price of 1; `details` are those of its exceptions."""
        before, self.status = self.status, STATUS.get(name, self.status)
        self.version += 1
        self.counts |= {int(line[1:]): Decimal(quantity) for line, quantity in counts.items()}
        data = {
            "invoice_id": f"inv_{self.id}",
            "kind": self.kind,
            "number": self.number,
            "supplier_id": f"sup_{SUPPLIER}",
            "order_id": None if self.order is None else f"po_{self.order}",
            "order_number": None if self.order is None else "PO-2026-000001",
            "entered_by": CHEN.person,
            "status": self.status,
            "previous_status": before,
            "currency": "EUR",
            "total": "119.00",
            "reason": None,
            "lines": [{"line": n, "billed": str(q), "net": str(q)} for n, q in self.counts.items()],
        }
        if name == "InvoiceDisputed":
            data["exceptions"] = [
                {"number": n, "reason": "QTY", "code": "billed-too-much", "line": 1, "detail": detail}
                for n, detail in enumerate(details, start=1)
            ]
        act = _act(self.tenant)
        return outgoing(
            act,
            event_id=uuid7(),
            topic=TOPIC,
            name=name,
            aggregate_type="invoice",
            subject=f"inv_{self.id}",
            key=self.id,
            version=self.version,
            data=data,
        )

    def matched(self, **counts: str) -> Message:
        name = "InvoiceMatched" if self.kind == "invoice" else "CreditNoteMatched"
        return self.says(name, **counts)

    def disputed(self, *details: str, **counts: str) -> Message:
        return self.says("InvoiceDisputed", *details or ("12 of line 1 are invoiced, 10 came",), **counts)


STATUS = {
    "InvoiceRegistered": "Registered",
    "InvoiceMatchDeferred": "Matching",
    "InvoiceMatched": "Matched",
    "CreditNoteMatched": "Matched",
    "InvoiceDisputed": "Disputed",
    "InvoiceResubmitted": "Matching",
    "InvoiceRejected": "Rejected",
    "InvoiceCancelled": "Cancelled",
}
"""After the event; the others leave it as it is."""


def a_credit_note(**more: UUID | None) -> Invoice:
    return Invoice(number="CN-815", kind="credit-note", **more)  # type: ignore[arg-type]


def _act(tenant: TenantId) -> Act:
    return Act(
        tenant=tenant,
        actor=CHEN,
        at=NOW,
        command=CommandId("test", str(uuid7())),
        fingerprint=b"",
        answer=lambda _: Answer(b""),
        correlation_id="correlation",
    )
