"""Receiving in Postgres: one statement to read, one to write; the SQL stands beside the port it serves."""

from procurement.receiving.adapters.outbound.postgres.expectations import PostgresExpectations
from procurement.receiving.adapters.outbound.postgres.policies import PostgresPolicies
from procurement.receiving.adapters.outbound.postgres.receipts import PostgresGoodsReceipts

__all__ = ["PostgresExpectations", "PostgresGoodsReceipts", "PostgresPolicies"]
