"""Invoicing on paper: the life of an invoice, and its events with a golden sample each."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from procurement.invoicing.adapters.outbound.events import SCHEMAS, EncodeInvoice, EncodeInvoicingPolicy
from procurement.invoicing.domain.invoice import SYSTEM, Invoice
from procurement.invoicing.domain.lifecycle import LIFECYCLE
from procurement.invoicing.domain.policy import DEFAULT_POLICY
from procurement.kernel.act import Act, CommandId
from procurement.kernel.actor import Actor
from procurement.kernel.ids import InvoiceId
from procurement.platform.outbox import Message
from tests.published.events import sample_page, schema_pages
from tests.published.lifecycles import diagram, life_cycle
from tests.published.marks import filled
from tests.published.reasons import reasons
from tests.unit.invoicing.builders import (
    CLARA,
    FINN,
    NOW,
    OVERCHARGED,
    an_act,
    an_invoice,
    an_order,
    facts,
)
from tests.unit.invoicing.papers import INVOICE, corrected, credit_note, document, invoiced

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def pages() -> Iterator[tuple[str, str]]:
    parts = {"life-cycle": life_cycle(LIFECYCLE), "diagram": diagram(LIFECYCLE), "reasons": reasons()}
    yield filled("invoicing.md", parts)
    yield from schema_pages(SCHEMAS)
    yield from map(sample_page, golden())


Step = tuple[Actor, Callable[[Invoice], object]]

NOTHING_HERE = an_order(accepted="0")

DELIVERED_LATER: tuple[Step, ...] = (
    (SYSTEM, lambda i: i.rematch(by=SYSTEM, facts=facts(NOTHING_HERE))),
    (SYSTEM, lambda i: i.rematch(by=SYSTEM, facts=facts())),
    (CLARA, lambda i: i.cancel("Scanned twice.", by=CLARA, order=None)),
)
OVERPRICED: tuple[Step, ...] = (
    (SYSTEM, lambda i: i.rematch(by=SYSTEM, facts=facts())),
    (CLARA, lambda i: i.assign(1, "finn.finance", by=CLARA, order=None)),
    (FINN, lambda i: i.release(1, "New list price, agreed by phone.", by=FINN, facts=facts())),
)
TWICE_WRONG: tuple[Step, ...] = (
    (SYSTEM, lambda i: i.rematch(by=SYSTEM, facts=facts())),
    (FINN, lambda i: i.release(1, "The rest comes tomorrow.", by=FINN, facts=facts())),
    (CLARA, lambda i: i.resubmit("Line 1 of the order is meant.", an_order(), {"1": 1}, by=CLARA, at=NOW)),
    (CLARA, lambda i: i.reject("We ordered ten, at 41.00.", by=CLARA, order=None)),
)
CREDITED: tuple[Step, ...] = (
    (SYSTEM, lambda i: i.rematch(by=SYSTEM, facts=facts(corrects=corrected({1: "12"}, total="492.00")))),
)

LIVES: tuple[tuple[Invoice, tuple[Step, ...]], ...] = (
    (an_invoice(), DELIVERED_LATER),
    (an_invoice(document=OVERCHARGED, order=None), OVERPRICED),
    (an_invoice(document=document(invoiced("12", price="50.00"))), TWICE_WRONG),
    (an_invoice(document=credit_note(invoiced("2"))), CREDITED),
)


def golden() -> Iterator[Message]:
    """Four documents that have every event in them, and a decision on the policy; fixed ids, fixed times, the
    first of each kind."""
    told = set()
    lives = (_life(number, deepcopy(invoice), steps) for number, (invoice, steps) in enumerate(LIVES))
    for message in (*(message for life in lives for message in life), _of_the_policy()):
        if message.type not in told:
            told.add(message.type)
            yield message


def _life(number: int, invoice: Invoice, steps: tuple[Step, ...]) -> Iterator[Message]:
    invoice.id = InvoiceId(UUID(int=INVOICE.int + number))
    yield _message(invoice, CLARA, number)
    for actor, step in steps:
        step(invoice)
        yield _message(invoice, actor, number)


def _message(invoice: Invoice, actor: Actor, number: int) -> Message:
    step = 10 * number + invoice.version
    message = EncodeInvoice(lambda: _id(step))(invoice, invoice.take_event(), _act(actor, step)).message
    invoice.version += 1
    return message


def _of_the_policy() -> Message:
    policy = replace(DEFAULT_POLICY, version=1)
    return EncodeInvoicingPolicy(lambda: _id(90))(policy, _act(FINN, 90)).message


def _act(actor: Actor, step: int) -> Act:
    act = an_act(actor, command=CommandId("http:mailroom-1:POST /v1/invoices", "golden"))
    return replace(
        act, at=act.at + timedelta(minutes=step), correlation_id=f"golden-{step}", traceparent=TRACE
    )


def _id(number: int) -> UUID:
    return UUID(f"01920000-0000-7000-b000-{number:012d}")
