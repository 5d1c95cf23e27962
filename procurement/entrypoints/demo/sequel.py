"""What is not paid just like that: a second copy, a higher price, more than came; and the credit note."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from procurement.entrypoints.demo.bills import Billing, still_open
from procurement.entrypoints.demo.desks import Desks, Refused, until
from procurement.entrypoints.demo.feed import Feed
from procurement.entrypoints.demo.goods import Delivery, Dock, delivered, summed
from procurement.entrypoints.demo.ubl import Invoice
from procurement.entrypoints.demo.variants import Variants
from procurement.entrypoints.demo.walk import Changed, Walk
from procurement.invoicing.adapters.outbound.ubl import write
from procurement.invoicing.domain.document import Document
from procurement.kernel.actor import Role

_WHAT = {
    "price-too-high": "one item dearer than ordered",
    "quantity-too-high": "more than came",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    what: str
    became: str
    why: str


@dataclass(frozen=True, slots=True)
class Sequel:
    desks: Desks
    feed: Feed
    key: str
    invoice: Invoice
    supplier: Mapping[str, Any]
    variants: Variants

    async def __call__(self, order: Mapping[str, Any], tell: Callable[[Step], None]) -> None:
        """`order`: the one that the invoice itself was matched with. Raise Refused, Changed, TimeoutError."""
        tell(await self._second_copy(order))
        tell((await self._disputed("dearer", self.variants.dearer, await self._came(), "price-too-high"))[0])
        order = await self._half_came()
        step, whole = await self._disputed("more", self.variants.whole, order, "quantity-too-high")
        tell(step)
        tell(await self._credited(order, whole))

    async def _second_copy(self, order: Mapping[str, Any]) -> Step:
        try:
            again = await self._billing("copy").enter(self.invoice.content, order)
        except Refused as refused:
            if refused.code != "duplicate-invoice":
                raise
            first, *others = refused.details
            why = f"{first}; and {len(others)} more" if others else first
            return Step(what="the same file again", became=f"refused: {refused.code}", why=why)
        raise Changed(f"a second copy of {self.invoice.number} was taken in as {again['id']}")

    async def _came(self) -> Mapping[str, Any]:
        """All of a new order."""
        order = await self._ordered("whole")
        await Dock(self.desks, f"{self.key}-whole").receives(order, delivered(order))
        return order

    async def _half_came(self) -> Mapping[str, Any]:
        """Of one line; what is missing of it is given up."""
        order, key = await self._ordered("half"), f"{self.key}-half"
        line, missing = self.variants.line, self.variants.missing
        came = dict(summed(delivered(order)))
        came[line] -= missing
        await Dock(self.desks, key).receives(order, [came])
        buyer, path = self.desks.of(Role.BUYER), f"/purchase-orders/{order['id']}"
        order = await until(
            "the order's progress", lambda: buyer.get(path), lambda found: _received(found) == came
        )
        given_up = {
            "reason": "the supplier does not deliver the rest",
            "lines": [{"line": line, "quantity": f"{missing:f}"}],
        }
        return dict(await buyer.post(f"{path}/close-short", given_up, key=key, seen=order["version"]))

    async def _ordered(self, what: str) -> Mapping[str, Any]:
        walk = Walk(self.desks, self.feed, f"{self.key}-{what}")
        done = await walk(self.invoice, self.supplier, f"As {self.invoice.number}, {what}")
        return done.order

    async def _disputed(
        self, what: str, document: Document, order: Mapping[str, Any], code: str
    ) -> tuple[Step, Mapping[str, Any]]:
        def is_so(match: Mapping[str, Any]) -> bool:
            return [exception["code"] for exception in still_open(match)] == [code]

        billing = self._billing(what)
        entered = await billing.enter(write(document), order)
        match = await billing.matched(entered, is_so)
        (found,) = still_open(match)
        became = f"{document.number} is {match['status']}"
        return Step(what=_WHAT[code], became=became, why=f"{found['reason']}: {found['detail']}"), entered

    async def _credited(self, order: Mapping[str, Any], invoice: Mapping[str, Any]) -> Step:
        document, billing = self.variants.credit, self._billing("credit")
        note = await billing.enter(write(document), order)
        said = await billing.matched(note, _is_matched)
        match = await billing.matched(invoice, _is_matched)
        return Step(
            what="a credit note over the rest",
            became=f"{document.number} is {said['status']}, and {invoice['number']} is {match['status']}",
            why=said["lines"][0]["explanation"],
        )

    def _billing(self, what: str) -> Billing:
        return Billing(self.desks, f"{self.key}-{what}")


def _received(order: Mapping[str, Any]) -> Delivery:
    received = {line["line"]: Decimal(line["received"]) for line in order["lines"]}
    return {line: quantity for line, quantity in received.items() if quantity}


def _is_matched(match: Mapping[str, Any]) -> bool:
    return bool(match["status"] == "Matched")
