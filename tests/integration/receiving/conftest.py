import pytest

from procurement.platform.postgres.database import Database
from procurement.platform.uuid7 import uuid7
from procurement.receiving.adapters.outbound.events import EncodeGoodsReceipt, EncodeReceivingPolicy
from procurement.receiving.adapters.outbound.postgres import (
    PostgresExpectations,
    PostgresGoodsReceipts,
    PostgresPolicies,
)
from tests.contracts.receiving import Ports


@pytest.fixture
def ports(database: Database) -> Ports:
    expectations = PostgresExpectations(database)
    policies = PostgresPolicies(database, EncodeReceivingPolicy(uuid7))
    receipts = PostgresGoodsReceipts(database, EncodeGoodsReceipt(uuid7), expectations, policies)
    return Ports(receipts, expectations, policies)
