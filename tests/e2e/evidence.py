"""The other side of the proof: what stands in the database and in the log of the broker."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg

from procurement.bootstrap.topics import TOPICS
from tests.e2e.checker import Evidence, Published, Stored, Written
from tests.e2e.history import Operation, Outcome
from tests.e2e.topics import Record, everything

WRITTEN: LiteralString = """
SELECT aggregate_id::text, version, event_id::text, command_scope, command_key, from_state, to_state
FROM platform.audit
"""
STORED: LiteralString = """
SELECT id::text, version, state, supplier_id::text FROM purchasing.purchase_orders
UNION ALL SELECT id::text, version, state, NULL FROM supplier.suppliers
"""
STANDINGS: LiteralString = "SELECT id::text, version, status FROM purchasing.suppliers"
PENDING: LiteralString = "SELECT count(*) FROM platform.outbox_pending"
UNDER_KEYS: LiteralString = """
SELECT command_key, aggregate_id::text, version FROM platform.audit WHERE command_key = ANY (%(keys)s)
"""


class Books:
    """The database, as its superuser sees it: row-level security hides nothing from him."""

    def __init__(self, url: str) -> None:
        self._url = url

    def ask(self, question: LiteralString, **parameters: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._url, autocommit=True) as connection:
            return connection.execute(question, parameters).fetchall()

    def pending(self) -> int:
        return int(self.ask(PENDING)[0][0])

    def unsettled(self, operations: Sequence[Operation]) -> dict[str, list[tuple[str, int]]]:
        """What stands under the keys of those whose fate nobody knows."""
        found: dict[str, list[tuple[str, int]]] = {
            one.key: [] for one in operations if one.outcome is Outcome.UNKNOWN
        }
        for key, aggregate, version in self.ask(UNDER_KEYS, keys=list(found)):
            found[key].append((aggregate, version))
        return found

    def converged(self, within: float) -> float:
        """Seconds until the outbox was empty and purchasing knew every supplier as it is."""
        began = time.monotonic()
        while self.pending() or not self._consumed():
            assert time.monotonic() - began < within, f"{self.pending()} events wait after {within} s"
            time.sleep(0.1)
        return time.monotonic() - began

    def _consumed(self) -> bool:
        (behind,) = self.ask(
            "SELECT count(*) FROM supplier.suppliers s LEFT JOIN purchasing.suppliers p USING (tenant_id, id)"
            " WHERE p.version IS DISTINCT FROM s.version OR s.state = 'Blacklisted' AND EXISTS ("
            "   SELECT FROM purchasing.purchase_orders o WHERE o.supplier_id = s.id"
            "   AND o.state IN ('Approved', 'Issued', 'Acknowledged'))"
        )
        return behind == (0,)

    def evidence(
        self, brokers: str, operations: Sequence[Operation], unsettled: dict[str, list[tuple[str, int]]]
    ) -> Evidence:
        records = asyncio.run(everything(brokers, TOPICS))
        return Evidence(
            operations=operations,
            unsettled=unsettled,
            written=[Written(*row) for row in self.ask(WRITTEN)],
            stored=[Stored(*row) for row in self.ask(STORED)],
            standings=[Stored(*row) for row in self.ask(STANDINGS)],
            published=[_published(record) for record in records if ".dead." not in record.topic],
            pending=self.pending(),
            dead=sum(".dead." in record.topic for record in records),
        )


def _published(record: Record) -> Published:
    record.keeps_its_schema()
    return Published(
        aggregate=record.key,
        version=record.version,
        event=record.headers["ce_id"],
        place=(record.topic, record.partition, record.offset),
        value=record.value,
    )
