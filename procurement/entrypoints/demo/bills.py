"""The supplier's invoice: taken in as the file that it is, matched with the order, and read back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from procurement.entrypoints.demo.desks import Desk, Desks, Refused, until
from procurement.entrypoints.demo.exported import differences
from procurement.entrypoints.demo.goods import Delivery
from procurement.entrypoints.demo.walk import Changed
from procurement.kernel.actor import Role

AGAIN = "the demo takes every document in anew"
_TOO_EARLY = {"order-unknown", "order-not-issued"}
"""The news of the order was still on its way to invoicing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """An invoice as the API tells it once its match is decided."""

    standing: Mapping[str, Any]
    match: Mapping[str, Any]
    compared: int
    """Figures of the file that its export states, too."""


@dataclass(frozen=True, slots=True)
class Billing:
    desks: Desks
    key: str

    async def __call__(self, content: bytes, order: Mapping[str, Any], came: Delivery) -> Bill:
        """Raise Refused, Changed, TimeoutError."""
        entered = await self._entered(content, order)
        match = await self.matched(entered, lambda match: has_heard(match, came))
        path = f"/invoices/{entered['id']}"
        standing = await self._clerk.get(path)
        if standing["original"]["sha256"] != sha256(content).hexdigest():
            raise Changed("what was kept as the original is not the file")
        found, compared = differences(content, await self._clerk.file(f"{path}/ubl"))
        if found:
            raise Changed("; ".join(found))
        return Bill(standing=standing, match=match, compared=compared)

    async def enter(self, content: bytes, order: Mapping[str, Any], **asked: str) -> Mapping[str, Any]:
        key = "-".join([self.key, "invoice", *asked])
        entered: Mapping[str, Any] = await self._clerk.send(
            "/invoices", content, key=key, order_id=order["id"], **asked
        )
        return entered

    async def matched(
        self, invoice: Mapping[str, Any], enough: Callable[[Mapping[str, Any]], bool]
    ) -> Mapping[str, Any]:
        """Its match, once that is what we wait for."""
        path = f"/invoices/{invoice['id']}/match"

        async def ask() -> Any:
            try:
                return await self._clerk.get(path)
            except Refused as refused:
                if refused.code != "not-matched-yet":
                    raise
                return None

        match: Mapping[str, Any] = await until(
            f"the match of {invoice['number']}", ask, lambda match: match is not None and enough(match)
        )
        return match

    async def _entered(self, content: bytes, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """What looks like one that is here is refused without a reason; then we say which it is."""
        try:
            return await self.enter(content, order)
        except Refused as refused:
            if refused.code != "duplicate-invoice":
                raise
            return await self.enter(content, order, duplicate_reason=AGAIN)

    @property
    def _clerk(self) -> Desk:
        return self.desks.of(Role.AP_CLERK)


def has_heard(match: Mapping[str, Any], came: Delivery) -> bool:
    """Whether it was made with all that came, or needed no more."""
    if match["status"] == "Matched":
        return True
    accepted = {line["order_line"]: line["accepted"] for line in match["lines"] if line["order_line"]}
    early = any(exception["code"] in _TOO_EARLY for exception in match["exceptions"])
    return not early and all(
        Decimal(quantity) == came.get(line, Decimal(0)) for line, quantity in accepted.items()
    )


def still_open(match: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [exception for exception in match["exceptions"] if exception["open"]]
