"""All documents, one after the other; one that fails stops nobody but itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from procurement.entrypoints.demo.desks import Desks, Refused
from procurement.entrypoints.demo.feed import feed
from procurement.entrypoints.demo.parties import Party, recognised
from procurement.entrypoints.demo.suppliers import not_on_record, supplier_of
from procurement.entrypoints.demo.ubl import Invoice, Unreadable, read
from procurement.entrypoints.demo.walk import Changed, Done, Walk
from procurement.kernel.actor import Role
from procurement.platform.embedded.place import home
from procurement.platform.http.tokens import LocalIssuer


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
    fault: str | None = None

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


def opened(paths: Sequence[Path]) -> list[Document]:
    documents = [_opened(path) for path in paths]
    parties = recognised(each.own for each in documents if each.own)
    for each in documents:
        if own := each.own:
            each.party = next((one for one in parties if one.is_same(own)), own)
    return documents


def _opened(path: Path) -> Document:
    try:
        invoice = read(path)
    except Unreadable as error:
        return Document(path.name, fault=str(error))
    return Document(path.name, invoice, Party.of(invoice.seller))


async def run(
    platform: Mapping[str, str],
    documents: Sequence[Document],
    rates: Mapping[str, str],
    advance: Callable[[], None],
) -> None:
    """On the platform that announced itself so. Each run makes new orders; suppliers are found again."""
    name = f"demo-{token_hex(4)}"
    issuer = LocalIssuer.in_folder(home() / "issuer")
    async with Desks(platform["api"], issuer, name) as desks, feed(platform["brokers"], name) as kafka:
        currencies = {each.invoice.currency for each in documents if each.invoice}
        await _with_rates(desks, {code: rates[code] for code in sorted(currencies & rates.keys())}, name)
        for number, each in enumerate(documents, start=1):
            if each.invoice is not None:
                await _walked(each, Walk(desks, kafka, f"{name}-{number}"))
            advance()


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


async def _walked(document: Document, walk: Walk) -> None:
    invoice, party = document.invoice, document.party
    assert invoice is not None and party is not None  # noqa: S101, PT018 - or there is nothing to walk with
    try:
        document.supplier = await supplier_of(walk.desks, party, walk.key)
        note = f"From {document.name}, invoice {invoice.number}"
        document.done = await walk(invoice, document.supplier, note)
    except (Refused, Changed) as error:
        document.fault = str(error)
    except TimeoutError:
        document.fault = "its events did not come to Kafka in time"
