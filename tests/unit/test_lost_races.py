"""Two who change a row at once: Postgres may see neither version of it, take it for a new one, and meet
another unique key of it before the primary one. It has been seen, and too rarely to be made to happen."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest

from procurement.invoicing.adapters.outbound.events import EncodeInvoice
from procurement.invoicing.adapters.outbound.postgres import PostgresInvoices
from procurement.invoicing.domain.duplicates import Candidate
from procurement.kernel.errors import Stale
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.outbound.events import EncodePurchaseOrder
from procurement.purchasing.adapters.outbound.postgres import PostgresPurchaseOrders
from procurement.receiving.adapters.outbound.events import EncodeGoodsReceipt, EncodeReceivingPolicy
from procurement.receiving.adapters.outbound.postgres import (
    PostgresExpectations,
    PostgresGoodsReceipts,
    PostgresPolicies,
)
from tests.unit.invoicing import builders as invoicing
from tests.unit.purchasing import builders as purchasing
from tests.unit.receiving import builders as receiving

pytestmark = pytest.mark.anyio


class Unlucky:
    """Writes meet a constraint; reads find what they are given."""

    def __init__(self, constraint: str, *found: tuple[Any, ...]) -> None:
        self.constraint, self.found = constraint, found

    async def fetch(self, *_: object) -> Sequence[tuple[Any, ...]]:
        return self.found

    async def write(
        self, statement: str, parameters: object, constraints: Mapping[str, type[Exception]] | None = None
    ) -> Sequence[tuple[Any, ...]]:
        raise (constraints or {})[self.constraint](f"{self.constraint} holds")


async def test_an_order_that_meets_its_own_number_is_stale() -> None:
    orders = PostgresPurchaseOrders(Unlucky("purchase_orders_number"), EncodePurchaseOrder(uuid7))
    order = purchasing.stored(purchasing.an_order())
    order.submit(by=purchasing.BUYER, facts=purchasing.facts())
    with pytest.raises(Stale):
        await orders.save(order, purchasing.an_act())


async def test_a_receipt_that_meets_its_own_delivery_note_is_stale() -> None:
    statements = Unlucky("goods_receipts_delivery_note")
    expectations, policies = (
        PostgresExpectations(statements),
        PostgresPolicies(statements, EncodeReceivingPolicy(uuid7)),
    )
    receipts = PostgresGoodsReceipts(statements, EncodeGoodsReceipt(uuid7), expectations, policies)
    receipt = receiving.stored(receiving.a_receipt(delivery_note="LS-1"))
    receipt.verify((), by=receiving.WENDY, facts=receiving.facts())
    with pytest.raises(Stale):
        await receipts.save(receipt, receiving.an_act())


async def test_an_invoice_that_meets_its_own_number_is_stale() -> None:
    invoice = invoicing.stored(invoicing.an_invoice())
    document = invoice.document
    itself = Candidate(
        invoice=invoice.id,
        kind=document.kind,
        number=document.number,
        issued=document.issued,
        total=document.totals.with_vat,
        currency=document.currency,
        sha256=invoice.original.sha256,
        order_number=document.order_number,
    )
    statements = Unlucky("invoices_number_once", (None, None, msgspec.json.encode([itself]).decode()))
    invoices = PostgresInvoices(statements, EncodeInvoice(uuid7))
    invoice.cancel("entered twice", by=invoicing.CLARA, order=None)
    with pytest.raises(Stale):
        await invoices.save(invoice, invoicing.an_act())
