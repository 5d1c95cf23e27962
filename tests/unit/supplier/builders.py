"""Valid things of the supplier context, one knob at a time."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from procurement.kernel.act import Act, Answer, CommandId
from procurement.kernel.actor import Actor, Role
from procurement.kernel.ids import SupplierId, TenantId
from procurement.supplier.app.ports import Warned
from procurement.supplier.domain.identifiers import Identifier
from procurement.supplier.domain.record import Declaration, Document, DocumentKind, Hold, Scope
from procurement.supplier.domain.supplier import Supplier

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
TENANT = TenantId(UUID("01920000-0000-7000-8000-00000000000a"))
SUPPLIER = SupplierId(UUID("01920000-0000-7000-8000-000000000001"))
SCORE = Decimal("0.82")

_keys = count(1)


def a_person(name: str, *roles: Role, for_whom: str | None = None) -> Actor:
    return Actor(person=name, roles=frozenset(roles), on_behalf_of=for_whom)


ADMIN = a_person("adele.admin", Role.SUPPLIER_ADMIN)
REVIEWER = a_person("rita.reviewer", Role.SUPPLIER_APPROVER)
FINANCE = a_person("fin.finance", Role.FINANCE)

REQUIRED = (
    Document(DocumentKind.TRADE_REGISTER_EXTRACT, "HRB 4711", None),
    Document(DocumentKind.TAX_CLEARANCE, "FA 2026/118", date(2027, 6, 30)),
    Document(DocumentKind.CODE_OF_CONDUCT, "signed 2026-10-02", None),
)


def a_declaration(**more: Any) -> Declaration:
    valid = {
        "name": "Muster Papier GmbH",
        "identifiers": (Identifier("VAT", "DE136695976"),),
        "documents": REQUIRED,
    }
    return Declaration(**{**valid, **more})


def a_supplier(supplier: SupplierId = SUPPLIER, by: Actor = ADMIN, **declared: Any) -> Supplier:
    return Supplier.register(supplier, a_declaration(**declared), by=by)


def stored(supplier: Supplier) -> Supplier:
    """As if it had been saved."""
    supplier.take_event()
    supplier.version += 1
    return supplier


def a_hold(scope: Scope = Scope.ORDERS, **more: Any) -> Hold:
    valid = {"reason": "certificate under question", "releaser": Role.SUPPLIER_APPROVER}
    return Hold(**{"scope": scope, **valid, **more})


def told(result: Supplier | Warned) -> Answer:
    supplier = result.supplier if isinstance(result, Warned) else result
    return Answer(f"{supplier.state} v{supplier.version}".encode())


def an_act(actor: Actor = ADMIN, tenant: TenantId = TENANT, **more: Any) -> Act:
    valid: dict[str, Any] = {
        "at": NOW,
        "command": CommandId("http:test:POST /v1/suppliers", f"key-{next(_keys)}"),
        "fingerprint": b"asked",
        "answer": told,
        "correlation_id": "c-1",
    }
    return Act(tenant=tenant, actor=actor, **{**valid, **more})
