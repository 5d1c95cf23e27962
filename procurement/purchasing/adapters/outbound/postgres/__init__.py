"""Purchasing in Postgres: one statement to read, one to write; the SQL stands beside the port it serves."""

from procurement.purchasing.adapters.outbound.postgres.deadlines import PostgresDeadlines
from procurement.purchasing.adapters.outbound.postgres.orders import PostgresPurchaseOrders
from procurement.purchasing.adapters.outbound.postgres.policies import PostgresPolicies
from procurement.purchasing.adapters.outbound.postgres.reports import PostgresOrderReports
from procurement.purchasing.adapters.outbound.postgres.suppliers import PostgresSupplierStandings

__all__ = [
    "PostgresDeadlines",
    "PostgresOrderReports",
    "PostgresPolicies",
    "PostgresPurchaseOrders",
    "PostgresSupplierStandings",
]
