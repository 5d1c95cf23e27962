"""All documents, one after the other, from order to invoice; one that fails stops nobody but itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from procurement.entrypoints.demo.bills import Bill, Billing
from procurement.entrypoints.demo.desks import Desks, Refused
from procurement.entrypoints.demo.feed import Feed, feed
from procurement.entrypoints.demo.goods import Dock, delivered, summed
from procurement.entrypoints.demo.parties import Party, recognised
from procurement.entrypoints.demo.sequel import Sequel, Step
from procurement.entrypoints.demo.suppliers import not_on_record, supplier_of
from procurement.entrypoints.demo.ubl import Invoice, Unreadable, read
from procurement.entrypoints.demo.variants import variants
from procurement.entrypoints.demo.walk import Changed, Done, Walk
from procurement.kernel.actor import Role
from procurement.platform.embedded.place import home
from procurement.platform.http.tokens import LocalIssuer
from procurement.settings.kafka import KafkaSettings


@dataclass(slots=True)
class Document:
    """A file, and what became of it."""

    name: str
    invoice: Invoice | None = None
    own: Party | None = None
    """Its seller as this document states him."""
    party: Party | None = None
    """The same with all that the other documents know of him."""
    supplier: Mapping[str, Any] | None = None
    done: Done | None = None
    receipts: int = 0
    bill: Bill | None = None
    fault: str | None = None

    @property
    def is_matched(self) -> bool:
        return self.bill is not None and self.bill.match["status"] == "Matched"

    @property
    def left_out(self) -> tuple[str, ...]:
        """What the platform has not taken over, and why."""
        if self.invoice is None or self.own is None:
            return ()
        beyond = not_on_record(self.supplier, self.own) if self.supplier else ()
        return (
            *(f"{self.own.name}: {text}" for text in (*self.own.left_out, *beyond)),
            *self.invoice.left_out,
        )


@dataclass(slots=True)
class Story:
    """What was tried with the first document that suits."""

    document: Document
    steps: list[Step]
    fault: str | None = None


@dataclass(slots=True)
class Tour:
    documents: list[Document]
    story: Story | None = None

    @property
    def went_well(self) -> bool:
        """Disputed is well, too: somebody has to look at it, and the demo tells why."""
        return all(each.bill for each in self.documents) and not (self.story and self.story.fault)


def opened(paths: Sequence[Path]) -> Tour:
    documents = [_opened(path) for path in paths]
    parties = recognised(each.own for each in documents if each.own)
    for each in documents:
        if own := each.own:
            each.party = next((one for one in parties if one.is_same(own)), own)
    return Tour(documents)


def _opened(path: Path) -> Document:
    try:
        invoice = read(path)
    except Unreadable as error:
        return Document(path.name, fault=str(error))
    return Document(path.name, invoice, Party.of(invoice.seller))


async def run(
    platform: Mapping[str, str], tour: Tour, rates: Mapping[str, str], advance: Callable[[], None]
) -> None:
    """On the platform that announced itself so. Each run makes new orders; suppliers are found again."""
    name = f"demo-{token_hex(4)}"
    issuer = LocalIssuer.in_folder(home() / "issuer")
    access = KafkaSettings.read(KAFKA_BROKERS=platform["brokers"]).kafka
    async with Desks(platform["api"], issuer, name) as desks, feed(access, name) as kafka:
        currencies = {each.invoice.currency for each in tour.documents if each.invoice}
        await _with_rates(desks, {code: rates[code] for code in sorted(currencies & rates.keys())}, name)
        for number, each in enumerate(tour.documents, start=1):
            each.fault = each.fault or await _fault(_walked(each, desks, kafka, f"{name}-{number}"))
            advance()
        tour.story = await _told_further(tour.documents, desks, kafka, name)


async def _with_rates(desks: Desks, rates: Mapping[str, str], key: str) -> None:
    """Into the policy, where it has none for the currency; a rate that was decided stays."""
    owner = desks.of(Role.TENANT_ADMIN)
    policy = await owner.get("/purchasing-policy")
    version = policy.pop("version")
    new = {
        code: rate for code, rate in rates.items() if code not in {policy["base_currency"], *policy["rates"]}
    }
    if new:
        body = {**policy, "rates": {**policy["rates"], **new}}
        await owner.put("/purchasing-policy", body, key=key, seen=version)


async def _walked(document: Document, desks: Desks, kafka: Feed, key: str) -> None:
    invoice, party = document.invoice, document.party
    assert invoice is not None and party is not None  # noqa: S101, PT018 - or there is nothing to walk with
    document.supplier = await supplier_of(desks, party, key)
    note = f"From {document.name}, invoice {invoice.number}"
    document.done = await Walk(desks, kafka, key)(invoice, document.supplier, note)
    order = document.done.order
    deliveries = delivered(order)
    await Dock(desks, key).receives(order, deliveries)
    document.receipts = len(deliveries)
    document.bill = await Billing(desks, key)(invoice.content, order, summed(deliveries))


async def _told_further(documents: Sequence[Document], desks: Desks, kafka: Feed, key: str) -> Story | None:
    for each in documents:
        if not (each.invoice and each.supplier and each.done and each.is_matched):
            continue
        if told := variants(each.invoice.document, key.rpartition("-")[2]):
            sequel = Sequel(desks, kafka, key, each.invoice, each.supplier, told)
            story = Story(each, [])
            story.fault = await _fault(sequel(each.done.order, story.steps.append))
            return story
    return None


async def _fault(doing: Awaitable[None]) -> str | None:
    """What went wrong, in words."""
    try:
        await doing
    except (Refused, Changed) as error:
        return str(error)
    except TimeoutError as error:
        return str(error) or "its events did not come to Kafka in time"
    return None
