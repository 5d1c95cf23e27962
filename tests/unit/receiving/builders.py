"""Valid things of receiving, one knob at a time."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from procurement.kernel.act import Act, Answer, CommandId
from procurement.kernel.actor import Actor, Role
from procurement.kernel.ids import GoodsReceiptId, OrderId, SupplierId, TenantId
from procurement.kernel.tolerance import Tolerance
from procurement.receiving.domain.expectation import ExpectedLine, ExpectedOrder, OrderedLine, OrderNews
from procurement.receiving.domain.guards import Facts
from procurement.receiving.domain.line import Delivered
from procurement.receiving.domain.policy import ReceivingPolicy
from procurement.receiving.domain.receipt import GoodsReceipt

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
TENANT = TenantId(UUID("01920000-0000-7000-8000-00000000000a"))
SUPPLIER = SupplierId(UUID("01920000-0000-7000-8000-000000000001"))
ORDER = OrderId(UUID("01920000-0000-7000-8000-000000000002"))
RECEIPT = GoodsReceiptId(UUID("01920000-0000-7000-8000-000000000003"))

_keys = count(1)


def a_person(name: str, *roles: Role, for_whom: str | None = None) -> Actor:
    return Actor(person=name, roles=frozenset(roles), on_behalf_of=for_whom)


WILL = a_person("will.warehouse", Role.WAREHOUSE)
WENDY = a_person("wendy.warehouse", Role.WAREHOUSE)
BEN = a_person("ben.buyer", Role.BUYER)
SYSTEM = a_person("system", Role.SYSTEM)

EXACT = ReceivingPolicy(version=1, over=Tolerance(Decimal(0)), under=Tolerance(Decimal(0)))


def tolerating(percentage: str, cap: str | None = None, under: str = "0") -> ReceivingPolicy:
    over = Tolerance(Decimal(percentage), None if cap is None else Decimal(cap))
    return ReceivingPolicy(version=1, over=over, under=Tolerance(Decimal(under)))


def an_ordered_line(number: int = 1, quantity: str = "100", **more: Any) -> OrderedLine:
    return OrderedLine(
        **{
            "number": number,
            "name": "Cable",
            "sku": "CAB-3",
            "supplier_item_id": None,
            "gtin": None,
            "quantity": Decimal(quantity),
            "unit": "MTR",
            **more,
        }
    )


def news(version: int = 4, status: str = "Issued", **more: Any) -> OrderNews:
    return OrderNews(
        **{
            "order": ORDER,
            "version": version,
            "number": "PO-2026-000001",
            "supplier": SUPPLIER,
            "status": status,
            "requesters": frozenset({"bea.buyer"}),
            "approvers": frozenset({"ann.approver"}),
            "lines": (an_ordered_line(),),
            **more,
        }
    )


def an_order(*lines: OrderedLine, status: str = "Issued", **taken: Any) -> ExpectedOrder:
    """`taken`: released, pending, accepted of every line."""
    ordered = lines or (an_ordered_line(),)
    return ExpectedOrder(
        order=ORDER,
        number="PO-2026-000001",
        supplier=SUPPLIER,
        status=status,
        requesters=frozenset({"bea.buyer"}),
        approvers=frozenset({"ann.approver"}),
        lines={
            line.number: ExpectedLine(ordered=line, **{k: Decimal(v) for k, v in taken.items()})
            for line in ordered
        },
    )


def facts(policy: ReceivingPolicy = EXACT, order: ExpectedOrder | None = None) -> Facts:
    return Facts(expected=order or an_order(), policy=policy)


def delivered(received: str = "60", line: int = 1, advised: str | None = None) -> Delivered:
    return Delivered(
        line=line, received=Decimal(received), advised=None if advised is None else Decimal(advised)
    )


def a_receipt(*came: Delivered, by: Actor = WILL, known: Facts | None = None, **more: Any) -> GoodsReceipt:
    """Open, not stored yet."""
    return GoodsReceipt.open(
        **{
            "id": RECEIPT,
            "delivered": came or (delivered(),),
            "delivery_note": None,
            "by": by,
            "at": NOW,
            "facts": known or facts(),
            **more,
        }
    )


def stored(receipt: GoodsReceipt) -> GoodsReceipt:
    """As if saved: the event is gone and the version moved."""
    receipt.take_event()
    receipt.version += 1
    return receipt


def an_act(by: Actor = WILL, *, key: str | None = None, tenant: TenantId = TENANT, **more: Any) -> Act:
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
