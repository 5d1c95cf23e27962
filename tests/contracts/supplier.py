"""What every adapter of the supplier context's out-port promises. Subclass it and say how to get one.

Expectations are written by hand, never computed by what is under test.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from procurement.kernel.act import Answered, CommandReused
from procurement.kernel.actor import Role
from procurement.kernel.errors import NotFound, Stale
from procurement.kernel.ids import SupplierId, TenantId
from procurement.platform.uuid7 import uuid7
from procurement.supplier.app.ports import Shared, SupplierQuery, Suppliers
from procurement.supplier.domain.identifiers import Identifier
from procurement.supplier.domain.lifecycle import State
from procurement.supplier.domain.record import Document, DocumentKind, Hold, Scope
from procurement.supplier.domain.supplier import Supplier
from tests.unit.supplier.builders import (
    ADMIN,
    NOW,
    REQUIRED,
    REVIEWER,
    SCORE,
    TODAY,
    a_declaration,
    a_hold,
    a_person,
    a_supplier,
    an_act,
)

pytestmark = pytest.mark.anyio

VAT = Identifier("VAT", "DE136695976")
GLN = Identifier("0088", "5923183878011")
MAIL = Identifier("EM", "seller@email.de")


def a_tenant() -> TenantId:
    return TenantId(uuid7())


async def saved(suppliers: Suppliers, tenant: TenantId, **declared: Any) -> Supplier:
    supplier = a_supplier(SupplierId(uuid7()), **declared)
    await suppliers.save(supplier, an_act(tenant=tenant))
    return supplier


class SuppliersContract:
    @pytest.fixture
    def suppliers(self) -> Suppliers:
        raise NotImplementedError

    async def test_a_saved_supplier_comes_back_as_it_was(self, suppliers: Suppliers) -> None:
        tenant, id_ = a_tenant(), SupplierId(uuid7())
        by = a_person("ann", Role.SUPPLIER_ADMIN, for_whom="cid")
        documents = (*REQUIRED, Document(DocumentKind.QUALITY_CERTIFICATE, "ISO 9001 ✓", date(2027, 1, 31)))
        supplier = a_supplier(
            id_, by, name="Straße & Söhne", identifiers=(VAT, GLN, MAIL), documents=documents
        )
        await suppliers.save(supplier, an_act(by, tenant))
        supplier.approve(Decimal("0.8250"), by=REVIEWER, today=TODAY)
        await suppliers.save(supplier, an_act(REVIEWER, tenant))
        supplier.place_hold(a_hold(until=date(2026, 12, 31)), by=REVIEWER, today=TODAY)
        await suppliers.save(supplier, an_act(REVIEWER, tenant))

        found = (await suppliers.get(tenant, id_)).supplier

        assert found.declared == a_declaration(
            name="Straße & Söhne", identifiers=(VAT, GLN, MAIL), documents=documents
        )
        assert (found.id, found.version, found.revision, found.state) == (id_, 3, 1, State.APPROVED)
        assert sorted(found.prepared_by) == ["ann", "cid"]
        assert found.risk_score == Decimal("0.825")
        assert found.holds == (
            Hold(
                scope=Scope.ORDERS,
                reason="certificate under question",
                releaser=Role.SUPPLIER_APPROVER,
                until=date(2026, 12, 31),
            ),
        )

    async def test_a_revision_replaces_the_declaration(self, suppliers: Suppliers) -> None:
        tenant = a_tenant()
        supplier = await saved(suppliers, tenant, identifiers=(VAT, GLN))
        supplier.revise(a_declaration(name="Other", identifiers=(MAIL,)), by=ADMIN, today=TODAY)
        await suppliers.save(supplier, an_act(tenant=tenant))
        found = (await suppliers.get(tenant, supplier.id)).supplier
        assert (found.name, found.declared.identifiers, found.revision) == ("Other", (MAIL,), 2)
        assert await suppliers.sharing(an_act(tenant=tenant), [VAT, GLN]) == []

    async def test_an_unknown_supplier_is_not_found(self, suppliers: Suppliers) -> None:
        with pytest.raises(NotFound):
            await suppliers.get(a_tenant(), SupplierId(uuid7()))
        with pytest.raises(NotFound):
            await suppliers.for_change(an_act(tenant=a_tenant()), SupplierId(uuid7()))
        assert await suppliers.history(a_tenant(), SupplierId(uuid7())) == []

    async def test_another_tenant_has_never_heard_of_it(self, suppliers: Suppliers) -> None:
        mine, theirs = a_tenant(), a_tenant()
        supplier = await saved(suppliers, mine)
        with pytest.raises(NotFound):
            await suppliers.get(theirs, supplier.id)
        assert await suppliers.page(theirs, SupplierQuery()) == []
        assert await suppliers.history(theirs, supplier.id) == []
        assert await suppliers.sharing(an_act(tenant=theirs), [VAT]) == []

    async def test_the_answer_tells_the_version_that_was_stored(self, suppliers: Suppliers) -> None:
        tenant = a_tenant()
        supplier = a_supplier(SupplierId(uuid7()))
        assert await suppliers.save(supplier, an_act(tenant=tenant)) == b"Pending v1"
        supplier.approve(SCORE, by=REVIEWER, today=TODAY)
        assert await suppliers.save(supplier, an_act(tenant=tenant)) == b"Approved v2"
        assert supplier.version == 2

    async def test_the_second_of_two_racing_saves_is_stale(self, suppliers: Suppliers) -> None:
        tenant = a_tenant()
        id_ = (await saved(suppliers, tenant)).id
        mine, theirs = [(await suppliers.get(tenant, id_)).supplier for _ in range(2)]
        mine.approve(SCORE, by=REVIEWER, today=TODAY)
        await suppliers.save(mine, an_act(tenant=tenant))
        theirs.blacklist("fraud", by=REVIEWER, today=TODAY)
        with pytest.raises(Stale):
            await suppliers.save(theirs, an_act(tenant=tenant))
        assert (await suppliers.get(tenant, id_)).supplier.state is State.APPROVED
        assert [entry.version for entry in await suppliers.history(tenant, id_)] == [1, 2]

    async def test_a_save_that_failed_may_be_made_again(self, suppliers: Suppliers) -> None:
        """A retry around the port calls it with the same supplier."""
        tenant = a_tenant()
        supplier = a_supplier(SupplierId(uuid7()))
        supplier.version = 7
        with pytest.raises(Stale):
            await suppliers.save(supplier, an_act(tenant=tenant))
        assert supplier.version == 7
        supplier.version = 0
        assert await suppliers.save(supplier, an_act(tenant=tenant)) == b"Pending v1"

    async def test_a_second_supplier_by_the_same_id_is_stale(self, suppliers: Suppliers) -> None:
        tenant = a_tenant()
        supplier = await saved(suppliers, tenant)
        with pytest.raises(Stale):
            await suppliers.save(a_supplier(supplier.id), an_act(tenant=tenant))

    async def test_a_save_without_what_it_is_based_on_is_stale(self, suppliers: Suppliers) -> None:
        supplier = await saved(suppliers, a_tenant())
        supplier.approve(SCORE, by=REVIEWER, today=TODAY)
        elsewhere = a_tenant()
        with pytest.raises(Stale):
            await suppliers.save(supplier, an_act(tenant=elsewhere))
        with pytest.raises(NotFound):
            await suppliers.get(elsewhere, supplier.id)

    async def test_a_command_that_was_carried_out_is_answered_as_before(self, suppliers: Suppliers) -> None:
        act = an_act(tenant=a_tenant())
        supplier = a_supplier(SupplierId(uuid7()))
        await suppliers.save(supplier, act)
        with pytest.raises(Answered) as again:
            await suppliers.for_change(act, supplier.id)
        assert again.value.answer == b"Pending v1"
        with pytest.raises(Answered):
            await suppliers.sharing(act, [])

    async def test_a_key_that_named_another_command_is_refused(self, suppliers: Suppliers) -> None:
        act = an_act(tenant=a_tenant())
        supplier = a_supplier(SupplierId(uuid7()))
        await suppliers.save(supplier, act)
        other = replace(act, fingerprint=b"something else")
        with pytest.raises(CommandReused):
            await suppliers.for_change(other, supplier.id)
        with pytest.raises(CommandReused):
            await suppliers.sharing(other, [VAT])

    async def test_whoever_has_the_same_identifier_is_told_in_order(self, suppliers: Suppliers) -> None:
        tenant = a_tenant()
        one = await saved(suppliers, tenant, identifiers=(VAT, MAIL))
        two = await saved(suppliers, tenant, identifiers=(VAT, GLN))
        await saved(suppliers, tenant, identifiers=(Identifier("EM", "other@email.de"),))
        found = await suppliers.sharing(an_act(tenant=tenant), [VAT, MAIL])
        assert list(found) == [
            Shared(MAIL, one.id),
            *(Shared(VAT, id_) for id_ in sorted([one.id, two.id])),
        ]

    async def test_a_supplier_is_read_with_the_others_that_share_an_identifier_now(
        self, suppliers: Suppliers
    ) -> None:
        tenant = a_tenant()
        one = await saved(suppliers, tenant, identifiers=(VAT, MAIL))
        two = await saved(suppliers, tenant, identifiers=(GLN, VAT))
        three = await saved(suppliers, tenant, identifiers=(MAIL, VAT))
        await saved(suppliers, a_tenant(), identifiers=(VAT, MAIL))
        found = await suppliers.get(tenant, one.id)
        assert (found.supplier.id, found.supplier.declared.identifiers) == (one.id, (VAT, MAIL))
        assert list(found.shared) == [
            Shared(MAIL, three.id),
            *(Shared(VAT, id_) for id_ in sorted([two.id, three.id])),
        ]
        three.revise(a_declaration(identifiers=(VAT,)), by=ADMIN, today=TODAY)
        await suppliers.save(three, an_act(tenant=tenant))
        assert Shared(MAIL, three.id) not in (await suppliers.get(tenant, one.id)).shared
        two.revise(a_declaration(identifiers=(GLN,)), by=ADMIN, today=TODAY)
        await suppliers.save(two, an_act(tenant=tenant))
        assert (await suppliers.get(tenant, two.id)).shared == []

    async def test_the_history_tells_who_did_what_for_whom_and_why(self, suppliers: Suppliers) -> None:
        tenant = a_tenant()
        supplier = await saved(suppliers, tenant)
        delegate = a_person("rob", Role.SUPPLIER_APPROVER, for_whom="rita.reviewer")
        supplier.blacklist("fraud", by=delegate, today=TODAY)
        later = NOW + timedelta(hours=1)
        await suppliers.save(supplier, an_act(delegate, tenant, at=later, correlation_id="c-2"))
        first, second = await suppliers.history(tenant, supplier.id)
        assert (first.version, first.action, first.from_state, first.to_state) == (
            1,
            "register",
            None,
            "Pending",
        )
        assert (first.person, first.on_behalf_of, first.reason, first.at) == ("adele.admin", None, None, NOW)
        assert (second.version, second.action, second.from_state, second.to_state, second.reason) == (
            2,
            "blacklist",
            "Pending",
            "Blacklisted",
            "fraud",
        )
        assert (second.person, second.on_behalf_of, second.at) == ("rob", "rita.reviewer", later)
        assert second.correlation_id == "c-2"

    async def test_the_history_tells_what_a_hold_was(self, suppliers: Suppliers) -> None:
        tenant = a_tenant()
        supplier = await saved(suppliers, tenant)
        supplier.place_hold(a_hold(), by=REVIEWER, today=TODAY)
        await suppliers.save(supplier, an_act(REVIEWER, tenant))
        supplier.place_hold(a_hold(Scope.PAYMENTS, until=date(2026, 12, 31)), by=REVIEWER, today=TODAY)
        await suppliers.save(supplier, an_act(REVIEWER, tenant))
        supplier.release_hold(Scope.ORDERS, "settled", by=REVIEWER, today=TODAY)
        await suppliers.save(supplier, an_act(REVIEWER, tenant))
        for_ever = {"scope": "orders", "releaser": "supplier_approver"}
        a_while = {"scope": "payments", "until": "2026-12-31", "releaser": "supplier_approver"}
        history = await suppliers.history(tenant, supplier.id)
        assert [entry.details for entry in history] == [{}, for_ever, a_while, for_ever]
