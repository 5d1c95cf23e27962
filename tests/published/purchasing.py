"""Purchasing on paper: the life of an order, the tiers of approval, its events with a golden sample each."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from procurement.kernel.act import Act, CommandId
from procurement.kernel.actor import Actor, Role
from procurement.kernel.ids import InvoiceId, OrderId
from procurement.kernel.money import Money, UnitPrice
from procurement.kernel.quantity import Quantity
from procurement.platform.outbox import Message
from procurement.purchasing.adapters.outbound.events import (
    SCHEMAS,
    EncodePurchaseOrder,
    EncodePurchasingPolicy,
)
from procurement.purchasing.domain.content import Content
from procurement.purchasing.domain.guards import Facts
from procurement.purchasing.domain.lifecycle import LIFECYCLE, Command, State
from procurement.purchasing.domain.line import CounterProposal, Item, Line
from procurement.purchasing.domain.order import SYSTEM, PurchaseOrder
from procurement.purchasing.domain.policy import DEFAULT_POLICY, PurchasingPolicy, Tier
from procurement.purchasing.domain.progress import LineBilling, LineReceipts
from tests.published.events import sample_page, schema_pages
from tests.published.marks import filled, table
from tests.unit.purchasing.builders import BUYER, FINANCE, L3, ORDER, an_act, an_order, facts

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
BOUNDARIES = ("0.00", "999.99", "1000.00", "1000.01", "10000.00", "10000.01")


def pages() -> Iterator[tuple[str, str]]:
    yield filled(
        "purchase-orders.md",
        {"life-cycle": _life_cycle(), "diagram": "\n".join(_diagram()), "tiers": _tiers()},
    )
    yield from schema_pages(SCHEMAS)
    yield from map(sample_page, golden())


def _life_cycle() -> str:
    rows = [
        (
            ", ".join(sorted(row.sources)) or "(new)",
            f"`{command}`",
            ", ".join(sorted(row.targets)),
            ", ".join(sorted(row.roles)),
            row.rule,
            row.event,
        )
        for command, row in LIFECYCLE.items()
    ]
    return table("from | command | to | who | guard | event", rows)


def _diagram() -> Iterator[str]:
    yield from ("```mermaid", "stateDiagram-v2")
    for command, row in LIFECYCLE.items():
        if not row.sources:
            yield from (f"    [*] --> {target}: {command}" for target in sorted(row.targets))
        for source in sorted(row.sources):
            for target in sorted(_from(command, source, row.targets)):
                yield f"    {source} --> {target}: {command}"
    yield from (f"    {state} --> [*]" for state in sorted(_ends()))
    yield "```"


def _from(command: Command, source: State, targets: frozenset[State]) -> frozenset[State]:
    """Closing short does not lead from Issued to Acknowledged: it stays, or closes."""
    if command is Command.CLOSE_SHORT:
        return targets & {source, State.CLOSED}
    if command in {Command.NOTE_RECEIPTS, Command.NOTE_BILLING}:
        return frozenset({source})
    return targets


def _ends() -> set[State]:
    return set(State) - {state for row in LIFECYCLE.values() for state in row.sources}


def _tiers() -> str:
    rows = [(f"{amount} {DEFAULT_POLICY.base_currency}", _levels(amount)) for amount in BOUNDARIES]
    return table("total in the base currency | needs an approval of", rows)


def _levels(amount: str) -> str:
    total = Money(Decimal(amount), DEFAULT_POLICY.base_currency)
    return " and ".join(f"L{level}" for level in DEFAULT_POLICY.levels_for(total))


CAME = {1: LineReceipts(Decimal(40), Decimal(60))}
BILLED = {1: LineBilling(Decimal(25), Decimal("108.75"))}
INVOICE = InvoiceId(UUID("01920000-0000-7000-8000-000000000004"))
WHY = f"invoice RE-4711 (inv_{INVOICE}) is disputed: 60 of line 1 are invoiced, 40 came"

Step = tuple[Actor, Callable[[PurchaseOrder, Facts], None]]


def golden() -> Iterator[Message]:
    """A life that has every event of an order in it, in order, and a decision on the policy; fixed ids, fixed
    times, the first of each kind."""
    told = set()
    for message in (*_of_orders(), _of_the_policy()):
        if message.type not in told:
            told.add(message.type)
            yield message


def _of_orders() -> Iterator[Message]:
    for number, steps in enumerate((_steps(), _to_the_end(), _left_waiting())):
        order = an_order(_content("40"), order=OrderId(UUID(int=ORDER.int + number)))
        yield _message(order, BUYER, number)
        for actor, step in steps:
            step(order, facts())
            yield _message(order, actor, number)


def _steps() -> tuple[Step, ...]:
    last = Facts(at=facts().at + timedelta(minutes=7), standing=facts().standing, policy=DEFAULT_POLICY)
    proposal = CounterProposal(line=1, deliver_by=date(2026, 12, 15), note="The paper comes a week later.")
    return (
        (BUYER, lambda o, f: o.revise(_content("60"), by=BUYER, facts=f)),
        (BUYER, lambda o, f: o.submit(by=BUYER, facts=f)),
        (L3, lambda o, f: o.reject("Ask for a discount first.", by=L3, facts=f)),
        (BUYER, lambda o, f: o.submit(by=BUYER, facts=f)),
        (DEPUTY, lambda o, f: o.approve(by=DEPUTY, facts=f, reason="Within the budget.")),
        (FINANCE, lambda o, _: o.issue(by=FINANCE, facts=last)),
        (BUYER, lambda o, f: o.acknowledge([proposal], by=BUYER, facts=f)),
        (SYSTEM, lambda o, f: o.note_receipts(CAME, by=SYSTEM, facts=f)),
        (SYSTEM, lambda o, f: o.note_billing(BILLED, by=SYSTEM, facts=f)),
        (SYSTEM, lambda o, f: o.note_billing({}, by=SYSTEM, facts=f)),
        (SYSTEM, lambda o, f: o.note_receipts({}, by=SYSTEM, facts=f)),
        (BUYER, lambda o, f: o.close_short("The rest is not needed.", {1: Decimal(20)}, by=BUYER, facts=f)),
        (SYSTEM, lambda o, f: o.open_dispute(WHY, by=SYSTEM, facts=f, invoice=INVOICE)),
        (BUYER, lambda o, f: o.resolve(cancel=False, reason="Settled.", by=BUYER, facts=f)),
        (BUYER, lambda o, f: o.cancel("Bought elsewhere.", by=BUYER, facts=f)),
    )


def _to_the_end() -> tuple[Step, ...]:
    """All came and was billed but the last day of the copier, which was closed short."""
    came = {1: LineReceipts(Decimal(40), Decimal(40)), 2: LineReceipts(Decimal(30), Decimal(31))}
    billed = {1: LineBilling(Decimal(40), Decimal("174.00")), 2: LineBilling(Decimal(30), Decimal("31.68"))}
    return (
        (BUYER, lambda o, f: o.submit(by=BUYER, facts=f)),
        (L3, lambda o, f: o.approve(by=L3, facts=f)),
        (FINANCE, lambda o, f: o.issue(by=FINANCE, facts=f)),
        (SYSTEM, lambda o, f: o.note_receipts(came, by=SYSTEM, facts=f)),
        (BUYER, lambda o, f: o.close_short("Given back early.", None, by=BUYER, facts=f)),
        (SYSTEM, lambda o, f: o.note_billing(billed, by=SYSTEM, facts=f)),
        (SYSTEM, lambda o, f: o.close(by=SYSTEM, facts=f)),
    )


def _left_waiting() -> tuple[Step, ...]:
    submitted = replace(facts(), at=facts().at - timedelta(days=5))
    return (
        (BUYER, lambda o, _: o.submit(by=BUYER, facts=submitted)),
        (SYSTEM, lambda o, f: o.escalate(by=SYSTEM, facts=f)),
    )


DEPUTY = Actor(
    person="dora.deputy",
    roles=frozenset({Role.APPROVER}),
    approval_level=2,
    on_behalf_of="art.approver",
)


def _content(packs: str) -> Content:
    paper = Line(
        number=1,
        item=Item(name="Copy paper A4", sku="PAPER-A4", gtin="4006381333931"),
        quantity=Quantity(Decimal(packs), "XPK"),
        price=UnitPrice(Decimal("4.35"), "EUR"),
    )
    copier = Line(
        number=2,
        item=Item(name="Rent of a copier"),
        quantity=Quantity(Decimal(31), "DAY"),
        price=UnitPrice(Decimal("386.52"), "EUR", Decimal(366)),
    )
    return Content(currency="EUR", lines=(paper, copier))


def _of_the_policy() -> Message:
    policy = PurchasingPolicy(
        version=1,
        base_currency="EUR",
        tiers=(Tier(Decimal(5000), (1,)), Tier(None, (2, 3))),
        rates={"USD": Decimal("0.92")},
    )
    admin = Actor(person="tess.admin", roles=frozenset({Role.TENANT_ADMIN}))
    return EncodePurchasingPolicy(lambda: _id(90))(policy, _act(admin, 90)).message


def _message(order: PurchaseOrder, actor: Actor, number: int) -> Message:
    event, step = order.take_event(), 30 * number + order.version
    message = EncodePurchaseOrder(lambda: _id(step + 1))(order, event, _act(actor, step)).message
    order.version += 1
    return message


def _act(actor: Actor, step: int) -> Act:
    act = an_act(actor, command=CommandId("http:buying-desk:POST /v1/purchase-orders", "golden"))
    return replace(
        act,
        at=act.at + timedelta(minutes=step),
        correlation_id=f"golden-{step + 1}",
        traceparent=TRACE,
        cause=_id(80) if actor is SYSTEM else None,
    )


def _id(number: int) -> UUID:
    return UUID(f"01920000-0000-7000-9000-{number:012d}")
