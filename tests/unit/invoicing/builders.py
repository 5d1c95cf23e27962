"""Invoices and the people around them. The papers themselves are in papers.py."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from procurement.invoicing.domain.guards import Facts
from procurement.invoicing.domain.invoice import SYSTEM, Invoice
from procurement.invoicing.domain.ordered import BillableOrder, Corrected
from procurement.invoicing.domain.original import Original
from procurement.invoicing.domain.policy import InvoicingPolicy
from procurement.kernel.act import Act, Answer, CommandId
from procurement.kernel.actor import Actor, Role
from procurement.kernel.ids import InvoiceId, TenantId
from tests.unit.invoicing.papers import EXACT, INVOICE, SUPPLIER, document, invoiced, order, ordered

TENANT = TenantId(UUID("01920000-0000-7000-8000-00000000000a"))
CREDIT = InvoiceId(UUID("01920000-0000-7000-8000-0000000000a2"))
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


def a_person(name: str, *roles: Role, for_whom: str | None = None) -> Actor:
    return Actor(person=name, roles=frozenset(roles), on_behalf_of=for_whom)


CLARA = a_person("clara.clerk", Role.AP_CLERK)
CARL = a_person("carl.clerk", Role.AP_CLERK)
FINN = a_person("finn.finance", Role.FINANCE)
WILL = a_person("will.warehouse", Role.WAREHOUSE, Role.AP_CLERK)
BEA = a_person("bea.buyer", Role.BUYER, Role.FINANCE)

_keys = count(1)


def an_order(*lines: Any, accepted: str = "10", **more: Any) -> BillableOrder:
    """Ten pieces at 41.00, requested by Bea, received by Will."""
    known = order(*(lines or (ordered(accepted=accepted),)), **more)
    return replace(known, requesters=BEA.persons, receivers=WILL.persons)


def facts(
    known: BillableOrder | None = None,
    *,
    policy: InvoicingPolicy = EXACT,
    corrects: Corrected | None = None,
) -> Facts:
    return Facts(order=known or an_order(), policy=policy, corrected=corrects)


UNKNOWN = Facts(order=None, policy=EXACT)


def an_invoice(*, by: Actor = CLARA, known: BillableOrder | None = None, **more: Any) -> Invoice:
    """Registered, not stored yet."""
    return Invoice.register(
        **{
            "id": INVOICE,
            "supplier": SUPPLIER,
            "document": document(invoiced()),
            "original": Original(media_type="application/xml", sha256="ab" * 32, size=4711),
            "findings": (),
            "duplicates": (),
            "duplicate_reason": None,
            "order": known or an_order(),
            "order_number": "PO-2026-000001",
            "by": by,
            "at": NOW,
            **more,
        }
    )


def stored(invoice: Invoice) -> Invoice:
    """As if saved: the event is gone and the version moved."""
    invoice.take_event()
    invoice.version += 1
    return invoice


def rematched(invoice: Invoice, known: Facts | None = None) -> Invoice:
    """Looked at by the system, and stored where that changed anything."""
    return stored(invoice) if invoice.rematch(by=SYSTEM, facts=known or facts()) else invoice


def an_act(by: Actor = CLARA, *, key: str | None = None, tenant: TenantId = TENANT, **more: Any) -> Act:
    return Act(
        **{
            "tenant": tenant,
            "actor": by,
            "at": NOW,
            "command": CommandId("test", key or f"key-{next(_keys)}"),
            "fingerprint": b"the same question",
            "answer": lambda result: Answer(f"version {result.version}".encode()),
            "correlation_id": "correlation",
            **more,
        }
    )


OVERCHARGED = document(invoiced(price="50.00"))
"""50.00 instead of 41.00 a piece."""

RISK = Decimal(90)
