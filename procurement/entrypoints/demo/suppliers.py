"""Suppliers of the documents: found on the platform, or registered by one and approved by another."""

from collections.abc import Mapping
from typing import Any

from procurement.entrypoints.demo.desks import Desks, Refused
from procurement.entrypoints.demo.parties import Party
from procurement.entrypoints.seed import PAPERS
from procurement.kernel.actor import Role
from procurement.supplier.domain.identifiers import Identifier

_RISK_SCORE = "0.9"


async def supplier_of(desks: Desks, party: Party, key: str) -> Mapping[str, Any]:
    """Whatever its standing: a supplier that is suspended stays so, and the order will be refused."""
    supplier = await _found(desks, party) or await _registered(desks, party, key)
    if supplier["status"] == "Pending":
        path = f"/suppliers/{supplier['id']}/approve"
        reviewer = desks.of(Role.SUPPLIER_APPROVER)
        supplier = await reviewer.post(path, {"risk_score": _RISK_SCORE}, key=key, seen=supplier["version"])
    return supplier


async def _found(desks: Desks, party: Party) -> Mapping[str, Any] | None:
    clerk = desks.of(Role.SUPPLIER_ADMIN)
    for identifier in sorted(party.identifiers):
        page = await clerk.get("/suppliers", identifier=str(identifier), page_size="200")
        for supplier in page["items"]:
            if _party(supplier).is_same(party):
                return dict(supplier)
    return None


async def _registered(desks: Desks, party: Party, key: str) -> Mapping[str, Any]:
    if not party.identifiers:
        raise Refused("its seller has no identifier that a register would know, and a supplier needs one")
    identifiers = [{"scheme": one.scheme, "value": one.value} for one in sorted(party.identifiers)]
    declared = {"name": party.name, "identifiers": identifiers, "documents": PAPERS}
    return dict(await desks.of(Role.SUPPLIER_ADMIN).post("/suppliers", declared, key=key))


def not_on_record(supplier: Mapping[str, Any], party: Party) -> tuple[str, ...]:
    """What the documents say beyond what a supplier known before was approved with."""
    missing = party.identifiers - _party(supplier).identifiers
    return tuple(f"{one} is not on the record it was approved with" for one in sorted(missing))


def _party(supplier: Mapping[str, Any]) -> Party:
    identifiers = (Identifier(one["scheme"], one["value"]) for one in supplier["identifiers"])
    return Party(supplier["name"], frozenset(identifiers))
