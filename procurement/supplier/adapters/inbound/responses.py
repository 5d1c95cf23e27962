"""What the supplier API gives: field by field the public contract."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from procurement.kernel.actor import Role
from procurement.kernel.ids import id_text
from procurement.supplier.adapters.inbound.requests import DocumentBody, IdentifierBody
from procurement.supplier.app.ports import Shared, Warned
from procurement.supplier.domain.lifecycle import State
from procurement.supplier.domain.record import Scope
from procurement.supplier.domain.supplier import Supplier

SupplierRef = Annotated[
    str,
    Meta(description="The supplier's id.", examples=["sup_01920000-0000-7000-8000-000000000001"]),
]


class HoldBody(Struct, frozen=True, kw_only=True):
    """Nothing new of that scope while it binds: until it is released, or its last day has passed."""

    scope: Scope
    reason: str
    releaser: Annotated[Role, Meta(description="The role that may release it.")]
    until: date | None


class SupplierBody(Struct, frozen=True, kw_only=True):
    """A supplier."""

    id: SupplierRef
    version: Annotated[int, Meta(description="What ETag says; If-Match wants it back.")]
    revision: Annotated[int, Meta(description="How often the declaration was written.")]
    name: str
    status: State
    identifiers: list[IdentifierBody]
    documents: list[DocumentBody]
    prepared_by: Annotated[list[str], Meta(description="Who may not approve it.")]
    risk_score: Annotated[
        str | None, Meta(description="As the reviewer found it; null before.", examples=["0.82"])
    ]
    holds: list[HoldBody]


class WarningBody(Struct, frozen=True, kw_only=True):
    """Something to look at before going on; nothing was refused for it."""

    code: Annotated[str, Meta(examples=["identifier-shared"])]
    detail: str
    identifier: IdentifierBody
    supplier_id: SupplierRef


class WarnedBody(SupplierBody, frozen=True, kw_only=True):
    """A supplier, and what to look at before he is approved: it may change without a new version of his."""

    warnings: list[WarningBody]


encode = msgspec.json.Encoder().encode


def supplier_body(supplier: Supplier) -> SupplierBody:
    return SupplierBody(
        id=id_text("sup", supplier.id),
        version=supplier.version,
        revision=supplier.revision,
        name=supplier.name,
        status=supplier.state,
        identifiers=[IdentifierBody(scheme=i.scheme, value=i.value) for i in supplier.declared.identifiers],
        documents=[
            DocumentBody(kind=d.kind, reference=d.reference, valid_until=d.valid_until)
            for d in supplier.declared.documents
        ],
        prepared_by=sorted(supplier.prepared_by),
        risk_score=None if supplier.risk_score is None else f"{supplier.risk_score.normalize():f}",
        holds=[
            HoldBody(scope=h.scope, reason=h.reason, releaser=h.releaser, until=h.until)
            for h in supplier.holds
        ],
    )


def warned_body(warned: Warned) -> WarnedBody:
    plain = msgspec.structs.asdict(supplier_body(warned.supplier))
    return WarnedBody(**plain, warnings=[_warning(entry) for entry in warned.shared])


def _warning(entry: Shared) -> WarningBody:
    other = id_text("sup", entry.supplier)
    return WarningBody(
        code="identifier-shared",
        detail=f"{entry.identifier} is on the record of {other} too",
        identifier=IdentifierBody(scheme=entry.identifier.scheme, value=entry.identifier.value),
        supplier_id=other,
    )
