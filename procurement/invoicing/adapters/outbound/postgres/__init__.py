"""Invoicing in Postgres: one statement to read, one to write; the SQL stands beside the port it serves."""

from procurement.invoicing.adapters.outbound.postgres.deadlines import PostgresDeadlines
from procurement.invoicing.adapters.outbound.postgres.invoices import PostgresInvoices
from procurement.invoicing.adapters.outbound.postgres.orders import PostgresOrders
from procurement.invoicing.adapters.outbound.postgres.policies import PostgresPolicies

__all__ = ["PostgresDeadlines", "PostgresInvoices", "PostgresOrders", "PostgresPolicies"]
