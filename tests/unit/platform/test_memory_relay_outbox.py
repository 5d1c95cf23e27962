"""The outbox in memory keeps the same promises as the one on Postgres."""

from uuid import UUID

import pytest

from procurement.platform.relay import RelayOutbox
from tests.contracts.relay_outbox import ATTEMPTS, LEASE, RelayOutboxContract
from tests.memory.outbox import MemoryRelayOutbox, Store

pytestmark = pytest.mark.anyio


class MemoryStage:
    def __init__(self) -> None:
        self.store = Store()

    def worker(self) -> RelayOutbox:
        return MemoryRelayOutbox(self.store, lease=LEASE, attempts=ATTEMPTS)

    async def write(self, aggregate: UUID, *versions: int) -> None:
        for version in versions:
            self.store.add(aggregate, "orders", str(version).encode())

    async def pending(self) -> int:
        return len(self.store.pending)


class TestMemoryRelayOutbox(RelayOutboxContract):
    @pytest.fixture
    def stage(self) -> MemoryStage:
        return MemoryStage()
