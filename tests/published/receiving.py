"""Receiving on paper: the life of a goods receipt, and its events with a golden sample each."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from procurement.kernel.act import Act, CommandId
from procurement.kernel.actor import Actor
from procurement.kernel.ids import GoodsReceiptId
from procurement.platform.outbox import Message
from procurement.receiving.adapters.outbound.events import (
    SCHEMAS,
    EncodeGoodsReceipt,
    EncodeReceivingPolicy,
)
from procurement.receiving.domain.guards import Facts
from procurement.receiving.domain.lifecycle import LIFECYCLE
from procurement.receiving.domain.line import Inspected
from procurement.receiving.domain.policy import DEFAULT_POLICY
from procurement.receiving.domain.receipt import GoodsReceipt
from tests.published.events import sample_page, schema_pages
from tests.published.lifecycles import diagram, life_cycle
from tests.published.marks import filled
from tests.unit.receiving.builders import (
    BEN,
    RECEIPT,
    SYSTEM,
    WENDY,
    WILL,
    a_receipt,
    an_act,
    an_order,
    an_ordered_line,
    delivered,
    tolerating,
)

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def pages() -> Iterator[tuple[str, str]]:
    yield filled("receiving.md", {"life-cycle": life_cycle(LIFECYCLE), "diagram": diagram(LIFECYCLE)})
    yield from schema_pages(SCHEMAS)
    yield from map(sample_page, golden())


Step = tuple[Actor, Callable[[GoodsReceipt, Facts], None]]

TORN = Inspected(line=1, rejected=Decimal("2.5"), reason="torn")

DELIVERY: tuple[Step, ...] = (
    (WENDY, lambda r, f: r.verify([TORN], by=WENDY, facts=f)),
    (BEN, lambda r, f: r.assign(1, "ben.buyer", by=BEN, facts=f)),
    (BEN, lambda r, f: r.resolve("Keep the rest.", by=BEN, facts=f)),
    (WILL, lambda r, f: r.send_back("Rust.", {1: Decimal("7.5")}, by=WILL, facts=f)),
    (SYSTEM, lambda r, f: r.close(by=SYSTEM, facts=f)),
)
USELESS: tuple[Step, ...] = (
    (WENDY, lambda r, f: r.verify([TORN], by=WENDY, facts=f)),
    (BEN, lambda r, f: r.reject("All of it is useless.", by=BEN, facts=f)),
)
MISTAKE: tuple[Step, ...] = ((WILL, lambda r, f: r.reverse("Miscounted.", by=WILL, facts=f)),)


def golden() -> Iterator[Message]:
    """Three receipts that have every event in them, and a decision on the policy; fixed ids, fixed times, the
    first of each kind."""
    told = set()
    lives = (_life(number, steps) for number, steps in enumerate((DELIVERY, USELESS, MISTAKE)))
    for message in (*(message for life in lives for message in life), _of_the_policy()):
        if message.type not in told:
            told.add(message.type)
            yield message


def _life(number: int, steps: tuple[Step, ...]) -> Iterator[Message]:
    known = Facts(
        expected=an_order(
            an_ordered_line(), an_ordered_line(2, "5", name="Plug", sku=None, unit="C62"), billed="60"
        ),
        policy=tolerating("2", "5", "1"),
    )
    receipt = a_receipt(
        delivered("60", advised="60"),
        delivered("5", line=2),
        id=GoodsReceiptId(UUID(int=RECEIPT.int + number)),
        delivery_note=f"DN-471{number}",
        known=known,
    )
    yield _message(receipt, WILL, number)
    for actor, step in steps:
        step(receipt, known)
        yield _message(receipt, actor, number)


def _message(receipt: GoodsReceipt, actor: Actor, number: int) -> Message:
    step = 10 * number + receipt.version
    message = EncodeGoodsReceipt(lambda: _id(step))(receipt, receipt.take_event(), _act(actor, step)).message
    receipt.version += 1
    return message


def _of_the_policy() -> Message:
    policy = replace(DEFAULT_POLICY, version=1)
    return EncodeReceivingPolicy(lambda: _id(90))(policy, _act(WILL, 90)).message


def _act(actor: Actor, step: int) -> Act:
    act = an_act(actor, command=CommandId("http:dock-1:POST /v1/goods-receipts", "golden"))
    return replace(
        act, at=act.at + timedelta(minutes=step), correlation_id=f"golden-{step}", traceparent=TRACE
    )


def _id(number: int) -> UUID:
    return UUID(f"01920000-0000-7000-a000-{number:012d}")
