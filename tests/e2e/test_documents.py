"""Documents over a real socket: large ones come in whole, hostile ones get a clear refusal, nobody waits."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from hashlib import sha256
from typing import Any

import httpx
import msgspec
import pytest

from procurement.invoicing.adapters.inbound.documents import InvoiceDocumentBody
from procurement.invoicing.adapters.outbound.ubl import write
from procurement.invoicing.domain.document import Document
from procurement.platform.uuid7 import uuid7
from tests.e2e.bills import a_bill
from tests.e2e.office import Office, an_office
from tests.e2e.platform import Platform

pytestmark = pytest.mark.anyio

LIMIT = 20 * 1024 * 1024
BOMB = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;&b;</x>"""


@pytest.fixture
async def office(platform: Platform) -> AsyncGenerator[Office]:
    office = an_office(platform)
    async with office.client:
        yield office


async def sends(office: Office, content: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
    return await office.client.post(
        f"/v1/invoices?supplier_id=sup_{office.tenant}",
        content=content,
        headers={
            "authorization": f"Bearer {office.token('clara')}",
            "idempotency-key": str(uuid7()),
            "content-type": "application/xml",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
        timeout=90,
    )


def ubl(lines: int = 1, **more: Any) -> bytes:
    """Many lines that come to nothing after the first, each with a page of description."""
    bill = a_bill("40", **more)
    (line,) = bill["lines"]
    free = {**line, "net": "0.00", "price": {"amount": "0"}, "note": "n" * 1500}
    bill["lines"] += [{**free, "id": str(n)} for n in range(2, lines + 1)]
    stated = msgspec.convert(bill, InvoiceDocumentBody)
    return write(msgspec.convert(stated, Document, from_attributes=True))


async def test_a_large_document_comes_in_whole_while_others_are_served(office: Office) -> None:
    body = ubl(3_000)
    assert len(body) > 4 << 20
    taking_in = asyncio.create_task(sends(office, body))
    while not taking_in.done():
        assert (await office.ask("otto", "GET", "/invoices")).status_code == 200
    answer = taking_in.result()
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["original"]["sha256"] == sha256(body).hexdigest()
    assert [finding for finding in told["findings"] if finding["fatal"]] == []
    original = await office.ask("otto", "GET", f"/invoices/{told['id']}/original")
    assert original.content == body
    document = (await office.read(f"/invoices/{told['id']}"))["document"]
    assert len(document["lines"]) == 3_000


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (BOMB, 422, "document-unreadable"),
        (ubl()[:-100], 422, "document-unreadable"),
        (ubl().replace(b"xsd:CommonBasic", b"xsd:UncommonBasic"), 422, "document-unreadable"),
        (b"%PDF-1.7", 422, "document-unreadable"),
        (b" " * (LIMIT + 1), 413, "body-too-large"),
    ],
    ids=["an entity bomb", "cut short", "another namespace", "a PDF", "too large"],
)
async def test_what_cannot_be_booked_is_refused(office: Office, body: bytes, status: int, code: str) -> None:
    answer = await sends(office, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await office.read("/invoices"))["items"] == []


async def test_a_body_without_end_is_cut_at_the_limit(office: Office) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(2 * LIMIT >> 16):
            yield b" " * 65_536

    try:
        answer = await sends(office, endless())
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    except (httpx.WriteError, httpx.ReadError):
        pass  # hung up while we were still sending
    assert (await office.read("/invoices"))["items"] == []
