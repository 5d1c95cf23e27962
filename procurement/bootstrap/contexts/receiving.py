"""Receiving, put together."""

from procurement.bootstrap.base import Base, ring
from procurement.platform.interceptors.stack import stacked
from procurement.platform.uuid7 import uuid7
from procurement.receiving.adapters.outbound import events
from procurement.receiving.adapters.outbound import postgres as stored
from procurement.receiving.app import ports
from procurement.receiving.app.service import ReceivingService


def receiving(base: Base) -> ports.Receiving:
    around = base.layers.around_database
    receipts = stacked(ports.GoodsReceipts, *around, ring(base))
    expectations = stacked(ports.Expectations, *around)
    policies = stacked(ports.Policies, *around, ring(base))
    known = stored.PostgresExpectations(base.database)
    decided = stored.PostgresPolicies(base.database, events.EncodeReceivingPolicy(uuid7))
    encode = events.EncodeGoodsReceipt(uuid7)
    return stacked(ports.Receiving, *base.layers.around_use_cases)(
        ReceivingService(
            receipts(stored.PostgresGoodsReceipts(base.database, encode, known, decided)),
            expectations(known),
            policies(decided),
            uuid7,
        )
    )
