"""Who may call what, tried out: every route of the document with no token, every role and another tenant.

The document says who may; nothing here repeats it, so that no route can be forgotten."""

from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from procurement.kernel.actor import Role
from procurement.platform.uuid7 import uuid7
from tests.e2e.bills import a_bill
from tests.e2e.office import DECLARATION, LINE, Office, an_office
from tests.e2e.platform import Platform

pytestmark = pytest.mark.anyio

CONTENT = {"currency": "EUR", "lines": [LINE]}
REASON = {"reason": "as it is"}
POLICY = {"base_currency": "EUR", "tiers": [{"up_to": None, "levels": ["L1"]}]}
HOLD = {**REASON, "scope": "orders", "releaser": "finance"}
BODIES: Mapping[str, Any] = {
    "registerSupplier": DECLARATION,
    "reviseSupplier": DECLARATION,
    "approveSupplier": {"risk_score": "0.9"},
    "suspendSupplier": REASON,
    "reinstateSupplier": REASON,
    "blacklistSupplier": REASON,
    "placeSupplierHold": HOLD,
    "releaseSupplierHold": {**REASON, "scope": "orders"},
    "createPurchaseOrder": {**CONTENT, "supplier_id": f"sup_{uuid7()}"},
    "revisePurchaseOrder": CONTENT,
    "submitPurchaseOrder": None,
    "approvePurchaseOrder": {},
    "rejectPurchaseOrder": REASON,
    "issuePurchaseOrder": None,
    "acknowledgePurchaseOrder": {},
    "cancelPurchaseOrder": REASON,
    "closeShortPurchaseOrder": REASON,
    "disputePurchaseOrder": REASON,
    "resolvePurchaseOrder": {**REASON, "outcome": "resume"},
    "decidePurchasingPolicy": POLICY,
    "openGoodsReceipt": {"order_id": f"po_{uuid7()}", "lines": [{"line": 1, "received": "1"}]},
    "verifyGoodsReceipt": {},
    "assignGoodsReceipt": {"discrepancy": 1, "owner": "xena"},
    "resolveGoodsReceipt": REASON,
    "rejectGoodsReceipt": REASON,
    "reverseGoodsReceipt": REASON,
    "returnGoodsReceipt": {**REASON, "lines": [{"line": 1, "quantity": "1"}]},
    "decideReceivingPolicy": {"over": {"percentage": "2"}, "under": {"percentage": "0"}},
    "registerInvoice": a_bill("1"),
    "assignInvoice": {"exception": 1, "owner": "xena"},
    "releaseInvoice": {**REASON, "exception": 1},
    "resubmitInvoice": REASON,
    "rejectInvoice": REASON,
    "cancelInvoice": REASON,
    "decideInvoicingPolicy": {"price": {"percentage": "2"}, "quantity": {"percentage": "0"}},
}
"""A valid body of every operation that writes."""
BEGINS = frozenset({"registerSupplier", "createPurchaseOrder", "openGoodsReceipt", "registerInvoice"})
"""What they make does not exist before."""


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    described: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.described["operationId"])

    @property
    def public(self) -> bool:
        return self.described.get("security") == []

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(name) for name in self.described["x-roles"])

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    def at(self, **ids: str) -> "Operation":
        return replace(self, path=self.path.format(**ids))


@dataclass(frozen=True)
class Place:
    """A tenant with one supplier and one order, and the document of the API."""

    office: Office
    operations: tuple[Operation, ...]

    async def call(self, one: Operation, token: str | None, *without: str) -> httpx.Response:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        if one.writes:
            headers |= {"idempotency-key": str(uuid7()), "if-match": '"999"'}
        for name in without:
            del headers[name]
        body = BODIES[one.name] if one.writes else None
        return await self.office.client.request(one.method, one.path, json=body, headers=headers)

    def token(self, role: Role, **claims: Any) -> str:
        tenant = claims.pop("tenant", self.office.tenant)
        return self.office.issuer.token("xena", [role], tenant, level=3, **claims)

    def guarded(self) -> Iterator[Operation]:
        return (one for one in self.operations if not one.public)


@pytest.fixture
async def place(platform: Platform) -> AsyncGenerator[Place]:
    office = an_office(platform)
    async with office.client:
        supplier = await office.known_supplier()
        order = (await office.draft(supplier)).json()["id"]
        document = (await office.client.get("/openapi.json")).json()
        yield Place(
            office,
            tuple(
                Operation(method.upper(), path, described).at(
                    order_id=order,
                    supplier_id=supplier,
                    receipt_id=f"grn_{uuid7()}",
                    invoice_id=f"inv_{uuid7()}",
                )
                for path, methods in document["paths"].items()
                for method, described in methods.items()
            ),
        )


async def test_every_route_says_who_may_call_it(place: Place) -> None:
    assert {one.name for one in place.operations if one.public} == {"healthz", "readyz", "version"}
    assert all(one.roles for one in place.guarded())
    assert all(Role.SYSTEM not in one.roles for one in place.guarded() if one.writes)
    assert {one.name for one in place.operations if one.writes} == BODIES.keys()


async def test_without_a_token_nobody_gets_in(place: Place) -> None:
    for one in place.guarded():
        answer = await place.call(one, None)
        assert (answer.status_code, answer.json()["code"]) == (401, "token-missing"), one.name


async def test_every_role_may_call_what_the_document_says_and_nothing_else(place: Place) -> None:
    for role in Role:
        token = place.token(role)
        for one in place.guarded():
            answer = await place.call(one, token)
            refused = answer.status_code == 403 and answer.json()["code"] == "role-missing"
            allowed = role in one.roles and role is not Role.SYSTEM
            assert refused is not allowed, f"{role} {one.name}: {answer.status_code} {answer.text}"


async def test_what_belongs_to_another_tenant_is_not_there(place: Place) -> None:
    for one in place.guarded():
        role = next(iter(one.roles - {Role.SUPPLIER, Role.SYSTEM}))
        answer = await place.call(one, place.token(role, tenant=uuid7()))
        if "_" in one.path:
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), one.name
        elif not one.writes and "items" in answer.json():
            assert answer.json()["items"] == [], one.name


async def test_a_suppliers_own_people_see_no_other_supplier(place: Place) -> None:
    stranger = place.token(Role.SUPPLIER, supplier=f"sup_{uuid7()}")
    for one in place.guarded():
        if Role.SUPPLIER in one.roles and "_" in one.path:
            assert (await place.call(one, stranger)).status_code == 404, one.name


async def test_every_change_of_what_exists_takes_if_match(place: Place) -> None:
    for one in place.guarded():
        if one.writes and one.name not in BEGINS:
            role = next(iter(one.roles - {Role.SUPPLIER}))
            answer = await place.call(one, place.token(role), "if-match")
            assert (answer.status_code, answer.json()["code"]) == (428, "if-match-missing"), one.name


async def test_every_write_takes_an_idempotency_key(place: Place) -> None:
    for one in place.guarded():
        if one.writes:
            role = next(iter(one.roles - {Role.SUPPLIER}))
            answer = await place.call(one, place.token(role), "idempotency-key")
            assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing"), one.name
