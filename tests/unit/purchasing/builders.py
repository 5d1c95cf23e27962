"""Valid things of purchasing, one knob at a time."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from procurement.kernel.act import Act, Answer, CommandId
from procurement.kernel.actor import Actor, Role
from procurement.kernel.ids import OrderId, SupplierId, TenantId
from procurement.kernel.money import UnitPrice
from procurement.kernel.quantity import Quantity
from procurement.purchasing.domain.content import Content
from procurement.purchasing.domain.guards import Facts
from procurement.purchasing.domain.line import Item, Line
from procurement.purchasing.domain.order import PurchaseOrder
from procurement.purchasing.domain.policy import DEFAULT_POLICY, PurchasingPolicy
from procurement.purchasing.domain.standing import SupplierStanding

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
TENANT = TenantId(UUID("01920000-0000-7000-8000-00000000000a"))
SUPPLIER = SupplierId(UUID("01920000-0000-7000-8000-000000000001"))
ORDER = OrderId(UUID("01920000-0000-7000-8000-000000000002"))

_keys = count(1)


def a_person(name: str, *roles: Role, level: int = 0, for_whom: str | None = None) -> Actor:
    return Actor(
        person=name, roles=frozenset(roles), approval_level=level, on_behalf_of=for_whom, supplier=None
    )


BUYER = a_person("bea.buyer", Role.BUYER)
SYSTEM = a_person("system", Role.SYSTEM)
FINANCE = a_person("fin.finance", Role.FINANCE)
L1 = a_person("ann.approver", Role.APPROVER, level=1)
L2 = a_person("art.approver", Role.APPROVER, level=2)
L3 = a_person("ada.approver", Role.APPROVER, level=3)


def a_line(number: int = 1, price: str = "10.00", quantity: str = "3", **more: Any) -> Line:
    more = {"item": Item(name="Hex bolt M8", sku="BOLT-M8"), **more}
    return Line(
        number=number,
        quantity=Quantity(Decimal(quantity), "XPP"),
        price=UnitPrice(Decimal(price), "EUR"),
        **more,
    )


def a_content(*prices: str, **more: Any) -> Content:
    lines = tuple(a_line(number, price) for number, price in enumerate(prices or ("10.00",), start=1))
    return Content(**{"currency": "EUR", "lines": lines, **more})


def worth(total: str) -> Content:
    return Content(currency="EUR", lines=(a_line(1, total, "1"),))


def a_standing(status: str = "Approved", **more: Any) -> SupplierStanding:
    return SupplierStanding(**{"supplier": SUPPLIER, "version": 1, "name": "ACME", "status": status, **more})


def facts(policy: PurchasingPolicy = DEFAULT_POLICY, **standing: Any) -> Facts:
    return Facts(at=NOW, standing=a_standing(**standing), policy=policy)


def an_order(content: Content | None = None, by: Actor = BUYER, order: OrderId = ORDER) -> PurchaseOrder:
    """A draft, not stored yet."""
    return PurchaseOrder.create(
        id=order,
        number="PO-2026-000001",
        standing=a_standing(),
        content=content or a_content(),
        by=by,
        at=NOW,
    )


def stored(order: PurchaseOrder) -> PurchaseOrder:
    """As if saved: the event is gone and the version moved."""
    order.take_event()
    order.version += 1
    return order


def still_open(order: PurchaseOrder) -> dict[int, Decimal]:
    return {number: line.still_open for number, line in order.progress().lines.items()}


def due(order: PurchaseOrder) -> dict[int, Decimal]:
    return {number: line.due for number, line in order.progress().lines.items()}


def an_act(by: Actor = BUYER, *, key: str | None = None, tenant: TenantId = TENANT, **more: Any) -> Act:
    return Act(
        **{
            "tenant": tenant,
            "actor": by,
            "at": NOW,
            "command": CommandId("test", key or f"key-{next(_keys)}"),
            "fingerprint": b"the same question",
            "answer": lambda result: Answer(f"version {result.version}".encode()),
            "correlation_id": "correlation",
            **more,
        }
    )
