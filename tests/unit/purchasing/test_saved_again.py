"""What a retry around the repository relies on: a save that failed can be made again."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from procurement.kernel.errors import Unavailable
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.outbound.events import EncodePurchaseOrder
from procurement.purchasing.adapters.outbound.postgres import PostgresPurchaseOrders
from tests.unit.purchasing.builders import an_act, an_order

pytestmark = pytest.mark.anyio


class Unreachable:
    """No connection the first time."""

    def __init__(self) -> None:
        self.written: list[Mapping[str, Any]] = []
        self.tries = 0

    async def fetch(self, *_: object) -> Sequence[tuple[Any, ...]]:
        raise AssertionError

    async def write(
        self, statement: str, parameters: Mapping[str, Any], constraints: object = None
    ) -> Sequence[tuple[Any, ...]]:
        self.tries += 1
        if self.tries == 1:
            raise Unavailable("no connection")
        self.written.append(parameters)
        return [(1,)]


async def test_a_save_that_failed_can_be_made_again() -> None:
    statements = Unreachable()
    orders = PostgresPurchaseOrders(statements, EncodePurchaseOrder(uuid7))
    order, act = an_order(), an_act()
    with pytest.raises(Unavailable):
        await orders.save(order, act)
    assert order.version == 0
    assert await orders.save(order, act) == b"version 1"
    (written,) = statements.written
    assert (order.version, written["expected"], written["new_version"]) == (1, 0, 1)
