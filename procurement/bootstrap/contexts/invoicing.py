"""Invoicing, put together."""

from procurement.bootstrap.base import Base, ring
from procurement.invoicing.adapters.outbound import events
from procurement.invoicing.adapters.outbound import postgres as stored
from procurement.invoicing.app import ports
from procurement.invoicing.app.service import InvoicingService
from procurement.platform.interceptors.stack import stacked
from procurement.platform.postgres.database import Database
from procurement.platform.uuid7 import uuid7


def invoicing(base: Base, across_tenants: Database) -> ports.Invoicing:
    """`across_tenants` tells whose time is up: nobody but the worker's role may ask that."""
    around = base.layers.around_database
    invoices = stacked(ports.Invoices, *around, ring(base))
    orders = stacked(ports.Orders, *around)
    policies = stacked(ports.Policies, *around, ring(base))
    deadlines = stacked(ports.Deadlines, *around)
    encode = events.EncodeInvoice(uuid7)
    encode_policy = events.EncodeInvoicingPolicy(uuid7)
    return stacked(ports.Invoicing, *base.layers.around_use_cases)(
        InvoicingService(
            invoices(stored.PostgresInvoices(base.database, encode)),
            orders(stored.PostgresOrders(base.database)),
            policies(stored.PostgresPolicies(base.database, encode_policy)),
            deadlines(stored.PostgresDeadlines(across_tenants)),
            uuid7,
        )
    )
