"""What bad input gets over a real socket: a clear refusal, and nothing half done."""

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from procurement.platform.http.tokens import LocalIssuer
from procurement.platform.uuid7 import uuid7
from tests.e2e.office import LINE, Office, an_office
from tests.e2e.platform import Platform

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(platform: Platform) -> AsyncGenerator[Office]:
    office = an_office(platform)
    async with office.client:
        yield office


async def sends(office: Office, body: Any, **headers: str) -> httpx.Response:
    return await office.client.post(
        "/v1/purchase-orders",
        content=body,
        headers={
            "authorization": f"Bearer {office.token('bea')}",
            "idempotency-key": str(uuid7()),
            "content-type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )


def draft(**changes: Any) -> dict[str, Any]:
    return {"supplier_id": f"sup_{uuid7()}", "currency": "EUR", "lines": [LINE], **changes}


async def in_chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65_536):
        yield b" " * 65_536


DEEP = b'{"note":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
TWICE = b'{"currency":"EUR","currency":"USD"}'
BODIES: dict[str, tuple[bytes, int, str]] = {
    "not JSON": (b"{", 400, "malformed-json"),
    "nothing": (b"", 400, "body-missing"),
    "deep": (DEEP, 400, "too-deep"),
    "a key twice": (TWICE, 400, "duplicate-key"),
    "not UTF-8": (b'{"note":"\xff"}', 400, "malformed-json"),
    "not a number": (json.dumps(draft(note=float("nan"))).encode(), 400, "malformed-json"),
    "a list": (b"[]", 422, "invalid-body"),
    "a bare word": (b'"draft"', 422, "invalid-body"),
    "half a character": (b'{"note":"\\ud800"}', 400, "malformed-json"),
    "a huge number": (json.dumps(draft(note=10**300)).encode(), 422, "invalid-body"),
    "a number beyond all measure": (b'{"note":' + b"9" * 5000 + b"}", 400, "malformed-json"),
    "1,001 lines": (json.dumps(draft(lines=[LINE] * 1001)).encode(), 422, "invalid-body"),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_cannot_be_is_refused(office: Office, name: str) -> None:
    body, status, code = BODIES[name]
    answer = await sends(office, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert (await office.read("/purchase-orders"))["items"] == []


async def test_a_body_of_two_megabytes_is_refused_whether_announced_or_not(office: Office) -> None:
    for body in (b" " * 2_000_000, in_chunks(2_000_000)):
        try:
            answer = await sends(office, body)
        except httpx.WriteError:
            continue  # it hung up before we had said all of it
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "text/plain"},
        {"content_type": "application/xml"},
        {"content_type": "application/json; charset=latin-1"},
        {"content_encoding": "gzip"},
    ],
)
async def test_another_content_type_is_refused(office: Office, headers: dict[str, str]) -> None:
    answer = await sends(office, json.dumps(draft()).encode(), **headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


def segment(value: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forged(office: Office, folder: Path) -> dict[str, str]:
    good = office.token("bea")
    head, claims, signature = good.split(".")
    own = LocalIssuer.in_folder(folder)
    return {
        "expired": office.issuer.token("bea", ["buyer"], office.tenant, seconds=-120),
        "of another issuer's key": own.token("bea", ["buyer"], office.tenant),
        "for another audience": LocalIssuer(office.issuer.key, office.issuer.jwks, audience="payroll").token(
            "bea", ["buyer"], office.tenant
        ),
        "of another issuer": LocalIssuer(office.issuer.key, office.issuer.jwks, "https://evil.test").token(
            "bea", ["buyer"], office.tenant
        ),
        "unsigned": f"{segment({'alg': 'none', 'typ': 'at+jwt'})}.{claims}.",
        "with other claims": f"{head}.{segment({'sub': 'root'})}.{signature}",
        "with another signature": f"{head}.{claims}.{signature[::-1]}",
        "no token": "letmein",
    }


async def test_a_token_that_is_not_ours_opens_nothing(office: Office, tmp_path: Path) -> None:
    for name, token in forged(office, tmp_path).items():
        answer = await office.ask("bea", "GET", "/purchase-orders", authorization=f"Bearer {token}")
        assert (answer.status_code, answer.json()["code"]) == (401, "token-invalid"), name
        assert answer.headers["www-authenticate"].startswith("Bearer ")


async def test_a_stale_etag_and_a_reused_key_change_nothing(office: Office) -> None:
    supplier = await office.known_supplier()
    created = await office.draft(supplier, key="once")
    order = f"/purchase-orders/{created.json()['id']}"
    await office.does("bea", f"{order}/submit", seen=1)
    stale = await office.ask("bea", "POST", f"{order}/cancel", {"reason": "late"}, seen=1)
    assert (stale.status_code, stale.json()["code"]) == (412, "version-mismatch")
    other = {"supplier_id": supplier, "currency": "EUR", "lines": [LINE, LINE]}
    reused = await office.ask("bea", "POST", "/purchase-orders", other, key="once")
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency-key-reused")
    assert (await office.read(order))["version"] == 2


async def test_one_key_sixty_four_times_at_once_has_one_effect(office: Office) -> None:
    supplier = await office.known_supplier()
    before = len((await office.read("/purchase-orders"))["items"])
    for number in range(5):
        answers = await asyncio.gather(*(office.draft(supplier, key=f"race-{number}") for _ in range(64)))
        assert {answer.status_code for answer in answers} <= {201, 409, 503}
        assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert len((await office.read("/purchase-orders"))["items"]) == before + 5
