"""Orders and documents of as many lines as wanted, and what a match of them asks of the database."""

from typing import Any

from procurement.invoicing.adapters.outbound.events import EncodeInvoice, EncodeInvoicingPolicy
from procurement.invoicing.adapters.outbound.postgres import (
    PostgresDeadlines,
    PostgresInvoices,
    PostgresOrders,
    PostgresPolicies,
)
from procurement.invoicing.app.ports import Invoicing
from procurement.invoicing.app.service import InvoicingService
from procurement.kernel.ids import OrderId, TenantId
from procurement.platform.postgres.database import Database, Statements
from procurement.platform.uuid7 import uuid7
from tests.contracts.invoicing import Ports, an_exact_tenant, issued, received
from tests.unit.invoicing.papers import invoiced, ordered

OTHER = OrderId(uuid7())


def ports_on(database: Statements, across_tenants: Statements) -> Ports:
    return Ports(
        PostgresInvoices(database, EncodeInvoice(uuid7)),
        PostgresOrders(database),
        PostgresPolicies(database, EncodeInvoicingPolicy(uuid7)),
        PostgresDeadlines(across_tenants),
    )


class Counting:
    """How many statements it took."""

    def __init__(self, database: Database) -> None:
        self._database, self.number = database, 0

    async def fetch(self, *asked: Any) -> Any:
        self.number += 1
        return await self._database.fetch(*asked)

    async def write(self, *asked: Any) -> Any:
        self.number += 1
        return await self._database.write(*asked)


async def an_order_of(ports: Ports, lines: int) -> TenantId:
    tenant, numbers = await an_exact_tenant(ports), range(1, lines + 1)
    order = issued(*(ordered(n, "100") for n in numbers), order=OTHER, number="PO-2")
    await ports.orders.note_order(tenant, order)
    await ports.orders.note_receipt(tenant, received(dict.fromkeys(numbers, "100"), order=OTHER))
    return tenant


def said_of(lines: int, orders: int) -> Any:
    return [
        invoiced("1", id=str(n), name=f"Item {n % orders + 1}", order_line=str(n % orders + 1))
        for n in range(lines)
    ]


def an_invoicing(statements: Counting, ports: Ports) -> Invoicing:
    invoices = PostgresInvoices(statements, EncodeInvoice(uuid7))
    return InvoicingService(invoices, PostgresOrders(statements), ports.policies, ports.deadlines, uuid7)
