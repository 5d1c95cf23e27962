"""docs/events.md: every event there is, and the headers that all of them have."""

from collections.abc import Iterable, Iterator
from inspect import getdoc

from msgspec import Struct

from procurement.invoicing.adapters.outbound import events as invoicing_events
from procurement.platform.outbox import Message
from procurement.purchasing.adapters.outbound import events as purchasing_events
from procurement.receiving.adapters.outbound import events as receiving_events
from procurement.supplier.adapters.outbound import events as supplier_events
from tests.published import invoicing, purchasing, receiving, suppliers
from tests.published.marks import filled, table


def pages() -> Iterator[tuple[str, str]]:
    yield filled(
        "events.md",
        {
            "purchasing": _events(purchasing_events.SCHEMAS, purchasing.golden()),
            "invoicing": _events(invoicing_events.SCHEMAS, invoicing.golden()),
            "receiving": _events(receiving_events.SCHEMAS, receiving.golden()),
            "supplier": _events(supplier_events.SCHEMAS, suppliers.golden()),
        },
    )


def _events(publics: Iterable[type[Struct]], golden: Iterable[Message]) -> str:
    topics = {message.type.split(".")[2]: message.topic for message in golden}
    rows = []
    for public in publics:
        name = public.__name__
        if name not in topics:
            raise KeyError(
                f"no golden sample of {name}: its context's golden() in tests/published needs a step"
            )
        files = f"[schema](events/{name}.v1.json), [sample](events/samples/{name}.v1.json)"
        rows.append((name, f"`{topics[name]}`", " ".join((getdoc(public) or "").split()), files))
    return table("event | topic | what happened | files", rows)
