"""A bounded number of clients who work on orders, whatever happens, and write down every answer."""

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

import httpx

from procurement.platform.uuid7 import uuid7
from tests.e2e.history import Attempt, Operation, Outcome, attempt_lost, attempt_of
from tests.e2e.office import DECLARATION, LINE, Office, an_office
from tests.e2e.platform import Platform

PATIENCE = 120.0
"""Seconds in which every command must have its answer, restarts or not."""
PAUSE = 0.02
"""Seconds between two commands of a client, on average: it is the restarts that need the processor."""


class GivenUp(Exception):
    """The client turns to something else; what he asked for stays as it is."""


@dataclass
class Client:
    office: Office
    dice: random.Random
    history: list[Operation]
    supplier: str = ""

    async def command(
        self,
        who: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        seen: int | None = None,
        expected: str = "",
        loyal: bool = False,
    ) -> Attempt:
        """Send it until it is answered, always under the same key, unless the client loses interest."""
        operation = Operation(str(uuid7()), who, path, body, seen, expected)
        self.history.append(operation)
        await asyncio.sleep(self.dice.uniform(0, 2 * PAUSE))
        async with asyncio.timeout(PATIENCE):
            while True:
                attempt = await send(self.office, operation)
                if attempt.outcome in {Outcome.OK, Outcome.REFUSED}:
                    return attempt
                if not loyal and self.dice.random() < 0.1:
                    raise GivenUp
                await asyncio.sleep(self.dice.uniform(0.02, 0.3))

    async def order(self) -> None:
        """The life of one order; every tenth command deserves a refusal."""
        draft = {"supplier_id": self.supplier, "currency": "EUR", "lines": [LINE] * self.dice.randint(1, 5)}
        created = await self.command("bea", "/purchase-orders", draft)
        order = f"/purchase-orders/po_{created.aggregate}"
        steps: list[tuple[str, str, Mapping[str, Any] | None]] = [
            ("bea", "submit", None),
            ("ann", "approve", {}),
            ("fin", "issue", None),
            self.dice.choice([("bea", "acknowledge", {}), ("bea", "cancel", {"reason": "not needed"})]),
        ]
        for version, (who, command, body) in enumerate(steps[: self.dice.randint(1, 4)], start=1):
            if self.dice.random() < 0.1:
                await self._absurd(order, version)
            await self.command(who, f"{order}/{command}", body, seen=version)

    async def _absurd(self, order: str, version: int) -> None:
        who, command, body, seen, code = self.dice.choice(
            [
                ("bea", "resolve", {"outcome": "resume", "reason": "why not"}, version, "order-state"),
                ("bea", "cancel", {"reason": "on an old version"}, version + 7, "version-mismatch"),
                ("otto", "submit", None, version, "role-missing"),
            ]
        )
        await self.command(who, f"{order}/{command}", body, seen=seen, expected=code)

    async def approved_supplier(self) -> str:
        """Purchasing may not have heard of it yet."""
        registered = await self.command("adele", "/suppliers", DECLARATION, loyal=True)
        supplier = f"sup_{registered.aggregate}"
        score = {"risk_score": "0.9"}
        await self.command("rita", f"/suppliers/{supplier}/approve", score, seen=1, loyal=True)
        return supplier

    async def blacklisting(self) -> None:
        """A supplier of his own gets an order and is blacklisted: what follows goes through Kafka."""
        supplier = await self.approved_supplier()
        order = await self.first_order(supplier)
        for seen, (who, command) in enumerate((("bea", "submit"), ("ann", "approve"), ("fin", "issue")), 1):
            body: dict[str, Any] | None = {} if command == "approve" else None
            await self.command(who, f"{order}/{command}", body, seen=seen, loyal=True)
        blacklist = f"/suppliers/{supplier}/blacklist"
        await self.command("rita", blacklist, {"reason": "fraud"}, seen=2, loyal=True)

    async def first_order(self, supplier: str) -> str:
        """As soon as purchasing has heard that it is approved."""
        draft = {"supplier_id": supplier, "currency": "EUR", "lines": [LINE]}
        while True:
            created = await self.command("bea", "/purchase-orders", draft, expected="?", loyal=True)
            if created.outcome is Outcome.OK:
                return f"/purchase-orders/po_{created.aggregate}"
            await asyncio.sleep(0.5)  # known, and not approved yet


async def send(office: Office, operation: Operation) -> Attempt:
    try:
        answer = await office.ask(
            operation.who,
            "POST",
            operation.path,
            operation.body,
            seen=operation.seen,
            key=operation.key,
        )
        attempt = attempt_of(answer)
    except httpx.TransportError as error:
        attempt = attempt_lost(error)
    operation.attempts.append(attempt)
    return attempt


@dataclass
class Load:
    """Runs beside the test, which meanwhile kills what it likes."""

    platform: Platform
    tenant: UUID = field(default_factory=uuid7)
    clients: int = 8
    seed: int = 1
    history: list[Operation] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _failed: list[BaseException] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="load")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._failed:
            raise self._failed[0]

    def _run(self) -> None:
        try:
            asyncio.run(self._clients())
        except BaseException as error:  # noqa: BLE001 - told in the test's own thread
            self._failed.append(error)

    async def _clients(self) -> None:
        async with self.office() as office:
            dice = random.Random(self.seed)
            first = Client(office, dice, self.history)
            supplier = await first.approved_supplier()
            await first.first_order(supplier)
            async with asyncio.TaskGroup() as tasks:
                for number in range(self.clients):
                    client = Client(office, random.Random(dice.random()), self.history, supplier)
                    work = client.blacklisting if number == 0 else client.order
                    tasks.create_task(self._work(work))

    async def _work(self, story: Callable[[], Awaitable[None]]) -> None:
        while not self._stop.is_set():
            try:
                await story()
            except GivenUp:
                continue

    def office(self) -> "OpenOffice":
        return OpenOffice(self.platform, self.tenant)

    async def settle(self) -> None:
        """Ask once more for everything whose fate nobody knows."""
        async with self.office() as office, asyncio.TaskGroup() as tasks:
            for operation in self.history:
                if operation.outcome is Outcome.UNKNOWN:
                    tasks.create_task(send(office, operation))

    async def repeat(self, most: int) -> None:
        """Send again what was answered: the answer must be the same."""
        answered = [operation for operation in self.history if operation.answers]
        async with self.office() as office:
            for operation in random.Random(self.seed).sample(answered, min(most, len(answered))):
                await send(office, operation)


class OpenOffice:
    def __init__(self, platform: Platform, tenant: UUID) -> None:
        self._office = an_office(platform, timeout=5)
        self._office.tenant = tenant

    async def __aenter__(self) -> Office:
        return self._office

    async def __aexit__(self, *_: object) -> None:
        await self._office.client.aclose()
