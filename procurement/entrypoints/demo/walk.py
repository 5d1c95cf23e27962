"""One document's way: drafted, submitted, approved by the right people, issued, acknowledged, read back."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from procurement.entrypoints.demo import figures
from procurement.entrypoints.demo.desks import Desk, Desks, Refused
from procurement.entrypoints.demo.feed import Event, Feed, faults
from procurement.entrypoints.demo.ubl import Invoice
from procurement.kernel.actor import Role

_HEARS_WITHIN, _HEARS_EVERY = 30.0, 0.2
"""Seconds."""


class Changed(Exception):
    """The order, or what Kafka has of it, is not what the document says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    order: Mapping[str, Any]
    levels: str
    events: list[Event]
    compared: int
    """Facts of the document that were found again, unchanged."""


@dataclass(frozen=True, slots=True)
class Walk:
    desks: Desks
    feed: Feed
    key: str
    """One per document and run; every step is done once under it."""

    async def __call__(self, invoice: Invoice, supplier: Mapping[str, Any], note: str) -> Done:
        """Raise Refused, Changed, TimeoutError."""
        buyer = self.desks.of(Role.BUYER)
        order = await self._drafted(buyer, figures.draft(invoice, supplier["id"], note), supplier["status"])
        order = await self._do(buyer, "submit", order)
        order = await self._approved(order)
        order = await self._do(await self._issuer(), "issue", order)
        await self._do(self.desks.supplier(supplier["id"]), "acknowledge", order, {})
        order = await buyer.get(f"/purchase-orders/{order['id']}")
        return await self._checked(invoice, order)

    async def _drafted(self, buyer: Desk, draft: Mapping[str, Any], standing: str) -> Mapping[str, Any]:
        """Purchasing hears of an approval a moment after it. What it refused until then stays refused, so
        each try is a command of its own."""
        for attempt in count():
            try:
                order: Mapping[str, Any] = await buyer.post(
                    "/purchase-orders", draft, key=f"{self.key}-draft-{attempt}"
                )
            except Refused as refused:
                heard = refused.code != "supplier-not-eligible" or standing != "Approved"
                if heard or attempt * _HEARS_EVERY >= _HEARS_WITHIN:
                    raise
                await asyncio.sleep(_HEARS_EVERY)
            else:
                return order
        raise AssertionError

    async def _approved(self, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """By as many people as the policy wants, each for the version he sees."""
        given: set[str] = set()
        while missing := order["approval"]["missing_levels"]:
            name, approver = self.desks.approver(int(missing[0][1]), besides=given)
            order = await self._do(approver, "approve", order, {})
            given.add(name)
        return order

    async def _issuer(self) -> Desk:
        """Finance where the policy lets it, otherwise the buyer himself."""
        buyer = self.desks.of(Role.BUYER)
        issuers = (await buyer.get("/purchasing-policy"))["issuers"]
        return self.desks.of(Role.FINANCE) if "finance" in issuers else buyer

    async def _do(
        self, desk: Desk, command: str, order: Mapping[str, Any], body: Any = None
    ) -> Mapping[str, Any]:
        path, seen = f"/purchase-orders/{order['id']}/{command}", order["version"]
        changed: Mapping[str, Any] = await desk.post(path, body, key=f"{self.key}-{seen}", seen=seen)
        return changed

    async def _checked(self, invoice: Invoice, order: Mapping[str, Any]) -> Done:
        events = await self.feed.of(order["id"], order["version"])
        approvals = order["approval"]["required_levels"]
        found = faults(order["id"], len(approvals), events)
        if not found:
            differences, compared = figures.differences(invoice, order)
            in_event, compared_too = figures.differences_in_event(invoice, events[-2].data)
            found = differences + in_event
        if found:
            raise Changed("; ".join(found))
        return Done(order=order, levels="+".join(approvals), events=events, compared=compared + compared_too)
