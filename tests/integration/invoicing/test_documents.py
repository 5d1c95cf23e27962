"""What lies in the tables: every digit as stated, nothing that must not be read, and large documents."""

import json
from decimal import Decimal
from typing import Any

import pytest

from procurement.invoicing.adapters.outbound.postgres.invoices import GET
from procurement.invoicing.adapters.outbound.postgres.listing import page_statement
from procurement.invoicing.adapters.outbound.postgres.stored import HEAD, CorruptInvoice, invoice_from
from procurement.invoicing.app.ports import InvoiceQuery
from procurement.invoicing.domain.invoice import SYSTEM, Invoice
from procurement.invoicing.domain.lifecycle import State
from procurement.kernel.ids import TenantId
from procurement.platform.postgres.database import Database
from tests.contracts.invoicing import RICH, Ports, an_exact_tenant, registered, rematched
from tests.integration.invoicing.large import Counting, an_invoicing, an_order_of, said_of
from tests.unit.invoicing.builders import an_act
from tests.unit.invoicing.papers import credit_note, document

pytestmark = pytest.mark.anyio

JSON = ("document", "findings", "duplicates", "match", "exceptions", "claims")


async def row_of(database: Database, tenant: TenantId, invoice: Invoice) -> dict[str, Any]:
    (row,) = await database.fetch(GET, {"tenant": str(tenant), "id": invoice.id})
    return dict(zip(HEAD, row, strict=True))


async def test_no_amount_is_ever_a_binary_float(ports: Ports, database: Database) -> None:
    """Decimals are strings in what is stored; what the database adds up is numeric."""
    tenant = await an_exact_tenant(ports)
    invoice = await rematched(ports, tenant, await registered(ports, tenant, RICH))
    stored = await row_of(database, tenant, invoice)

    def no_float(text: str) -> float:
        raise AssertionError(f"{text} is stored as a number")

    for name in JSON:
        json.loads(stored[name] or "null", parse_float=Decimal if name == "claims" else no_float)
    said = json.loads(stored["document"])
    assert said["lines"][0]["price"]["amount"] == "41.000"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "Paid"),
        ("document", "{}"),
        ("document", "null"),
        ("match", '{"result": "perhaps"}'),
        ("exceptions", '[{"number": 1}]'),
        ("findings", '[{"rule": "BR-1", "fatal": 1, "detail": ""}]'),
        ("claims", '[[1, "much", 1]]'),
    ],
)
async def test_what_cannot_be_read_is_an_error_and_no_default(
    ports: Ports, database: Database, name: str, value: str
) -> None:
    tenant = await an_exact_tenant(ports)
    stored = await row_of(database, tenant, await registered(ports, tenant))
    invoice_from(tuple(stored.values()))
    with pytest.raises(CorruptInvoice, match=str(stored["id"])):
        invoice_from(tuple({**stored, name: value}.values()))


def test_a_list_reads_no_document() -> None:
    statement, _ = page_statement(InvoiceQuery())
    for large in ("originals", "match", "exceptions,"):
        assert f"{large} " not in statement.replace("open_exceptions", "")


async def test_a_match_of_1000_lines_takes_as_many_statements_as_one_of_5(
    ports: Ports, database: Database
) -> None:
    taken = []
    for lines in (5, 1000):
        tenant = await an_order_of(ports, lines)
        papers = [
            document(*said_of(lines, lines), order_number="PO-2"),
            credit_note(*said_of(lines, lines), order_number="PO-2"),
        ]
        for paper in papers:
            invoice = await registered(ports, tenant, paper, None)
            counting = Counting(database)
            await an_invoicing(counting, ports).match(an_act(SYSTEM, tenant=tenant), invoice.id)
            assert (await ports.invoices.get(tenant, invoice.id)).state is State.MATCHED
            taken.append(counting.number)
    assert taken == [3, 4, 3, 4]  # and one for the policy


async def test_a_document_of_10000_lines_lives_like_any_other(ports: Ports, database: Database) -> None:
    tenant = await an_order_of(ports, 1000)
    said = document(*said_of(10_000, 1000), order_number="PO-2")
    content = bytes(range(256)) * 40_000
    invoice = await registered(ports, tenant, said, None, content=content)
    await an_invoicing(Counting(database), ports).match(an_act(SYSTEM, tenant=tenant), invoice.id)
    again = await ports.invoices.get(tenant, invoice.id)
    assert (again.state, again.document) == (State.MATCHED, said)
    assert {taken.quantity for taken in again.counted.values()} == {Decimal(10)}
    assert (await ports.invoices.original(tenant, invoice.id))[1] == content
