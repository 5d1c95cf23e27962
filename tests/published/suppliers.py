"""The supplier context on paper: its life cycle, and its events with a golden sample each."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from procurement.kernel.act import CommandId
from procurement.kernel.actor import Actor
from procurement.platform.outbox import Message
from procurement.supplier.adapters.outbound.events import SCHEMAS, EncodeSupplier
from procurement.supplier.domain.lifecycle import LIFECYCLE
from procurement.supplier.domain.record import Scope
from procurement.supplier.domain.supplier import Supplier
from tests.published.events import sample_page, schema_pages
from tests.unit.supplier.builders import (
    ADMIN,
    REVIEWER,
    SCORE,
    TODAY,
    a_declaration,
    a_hold,
    a_supplier,
    an_act,
)


def pages() -> Iterator[tuple[str, str]]:
    yield "suppliers.md", _TEXT.format(table="\n".join(_rows()))
    yield from schema_pages(SCHEMAS)
    yield from map(sample_page, golden())


def golden() -> Iterator[Message]:
    """One supplier's life that has every event in it, in order, with fixed ids and times."""
    supplier = a_supplier()
    yield _message(supplier, ADMIN)
    steps: tuple[tuple[Actor, Any], ...] = (
        (ADMIN, partial(supplier.revise, a_declaration(name="Muster Papier AG"))),
        (REVIEWER, partial(supplier.approve, SCORE)),
        (REVIEWER, partial(supplier.place_hold, a_hold(until=date(2026, 12, 31)))),
        (REVIEWER, partial(supplier.suspend, "audit of the works")),
        (REVIEWER, partial(supplier.reinstate, "audit passed")),
        (REVIEWER, partial(supplier.release_hold, Scope.ORDERS, "certificate is genuine")),
        (REVIEWER, partial(supplier.blacklist, "invoices for goods that never were")),
    )
    for actor, step in steps:
        step(by=actor, today=TODAY)
        yield _message(supplier, actor)


def _message(supplier: Supplier, actor: Actor) -> Message:
    event = supplier.take_event()
    supplier.version += 1
    act = an_act(actor, command=CommandId("http:buying-desk:POST /v1/suppliers", "golden"))
    act = replace(
        act,
        at=act.at + timedelta(minutes=supplier.version),
        correlation_id=f"golden-{supplier.version}",
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )
    event_id = UUID(f"01920000-0000-7000-9000-{supplier.version:012d}")
    return EncodeSupplier(lambda: event_id)(supplier, event, act).message


def _rows() -> Iterator[str]:
    yield "| from | command | to | who | guard | event |"
    yield "|---|---|---|---|---|---|"
    for command, row in LIFECYCLE.items():
        before = ", ".join("(new)" if state is None else state for state in row.moves)
        stays = all(state is after for state, after in row.moves.items())
        after = "(as it was)" if stays else ", ".join(dict.fromkeys(row.moves.values()))
        cells = (before, command, after, ", ".join(sorted(row.roles)), row.rule, row.event)
        yield f"| {' | '.join(cells)} |"


_TEXT = """\
# Suppliers

<!-- Made from procurement/supplier/domain/lifecycle.py by `python -m tests.published`. -->

With whom we do business, and who found that we may. Every command that is carried out leaves one event and
one version, 1 to n without gaps; a command that is refused changes nothing and tells everything that forbids
it: first what the state, then what the content, then what the caller's authority forbids.

{table}

- A hold stops new orders, invoices or payments without touching the state; one per scope. It binds until the
  role that it names releases it, or until the end of its last day (UTC). What it was stays in the history,
  as `details` of the two entries, and in the two events.
- Identifiers are (scheme, value) pairs: `VAT`, or a code of the EAS list (`0088` GLN, `0060` DUNS, `0199`
  LEI, `EM` e-mail ...). They are normalised; wrong check digits are refused. The same one on another
  supplier's record is no refusal but a warning, `identifier-shared`, with the other's id: in the answers of
  register, revise and approve, and in `GET` as things stand now, whoever came second. Therefore `GET` of a
  supplier is never 304: what others declare changes it without a new version.
- `GET /v1/suppliers/{{id}}/actions` asks the very guards that the commands ask.
- Events go to the topic `supplier.suppliers`, keyed by the supplier's id. Each one carries name, status and
  the holds that bind, so that any single event is enough to know whether business is allowed. Schemas are in
  [events](events), a sample of each in [events/samples](events/samples).
"""
