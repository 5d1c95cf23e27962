"""What every adapter promises of second copies: what looks like one is found, and a number is taken once."""

from datetime import date
from decimal import Decimal

import pytest

from procurement.invoicing.domain.invoice import Invoice
from procurement.invoicing.domain.original import Original
from procurement.kernel.errors import RuleBroken
from procurement.kernel.ids import InvoiceId, SupplierId, TenantId, id_text
from procurement.platform.uuid7 import uuid7
from tests.contracts.invoicing import Ports, a_registration, a_tenant, an_exact_tenant, registered
from tests.unit.invoicing.builders import CLARA, an_act
from tests.unit.invoicing.papers import ORDER, SUPPLIER, credit_note, document, invoiced

pytestmark = pytest.mark.anyio

ANOTHER = Original(media_type="application/xml", sha256="ef" * 32, size=1)
FAR = date(2027, 3, 2)


async def alike(ports: Ports, tenant: TenantId, **more: object) -> set[InvoiceId]:
    said = document(invoiced())
    opening = await ports.invoices.opening(
        an_act(tenant=tenant), a_registration(said, **{"original": ANOTHER, "order": ORDER, **more})
    )
    return {candidate.invoice for candidate in opening.candidates}


class DuplicatesContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    async def test_whatever_looks_like_a_copy_is_found_in_every_way(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        less = invoiced("9")
        number, loose, amount, far, file, credit, *_ = [
            await registered(ports, tenant, said, original=original)
            for said, original in (
                (document(less, number="re 1", issued=FAR), ANOTHER_ONE),
                (document(less, number="RE-l", issued=FAR), ANOTHER_ONE),
                (document(invoiced(), number="X-1", issued=date(2026, 4, 16)), ANOTHER_ONE),
                (document(invoiced(), number="X-2", issued=date(2026, 4, 17)), ANOTHER_ONE),
                (document(less, number="X-3", issued=FAR), ANOTHER),
                (credit_note(invoiced(), number="RE-1"), ANOTHER_ONE),
                (credit_note(less, number="X-4", issued=FAR), ANOTHER_ONE),
            )
        ]
        assert await alike(ports, tenant) == {number.id, loose.id, amount.id, file.id}
        assert far.id not in await alike(ports, tenant)
        assert credit.id not in await alike(ports, tenant)
        assert await alike(ports, tenant, supplier=SupplierId(uuid7())) == set()
        for invoice in (number, file):
            invoice.cancel("mistake", by=CLARA, order=None)
            await ports.invoices.save(invoice, an_act(tenant=tenant))
        loose.reject("mistake", by=CLARA, order=None)
        await ports.invoices.save(loose, an_act(tenant=tenant))
        assert await alike(ports, tenant) == {amount.id}
        assert await alike(ports, tenant, order=None, supplier=SUPPLIER) == {amount.id}
        nowhere = a_tenant()
        assert await alike(ports, nowhere, order=None, supplier=SUPPLIER) == set()

    async def test_the_surest_are_found_among_many(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        first = await registered(ports, tenant, document(invoiced("1"), number="re1"), original=ANOTHER_ONE)
        for n in range(25):
            said = document(invoiced(), number=f"X{n}")
            await registered(ports, tenant, said, original=ANOTHER_ONE)
        found = await alike(ports, tenant)
        assert len(found) == 20
        assert first.id in found

    async def test_a_candidate_says_what_to_compare(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        known = await registered(ports, tenant, document(invoiced("0.125", price="40.08"), number="Re_1"))
        opening = await ports.invoices.opening(an_act(tenant=tenant), a_registration(order=ORDER))
        (candidate,) = opening.candidates
        assert (candidate.invoice, candidate.kind, candidate.number) == (known.id, "invoice", "Re_1")
        assert (candidate.issued, candidate.currency) == (date(2026, 3, 2), "EUR")
        assert candidate.total.as_tuple() == Decimal("5.01000").as_tuple()
        assert (candidate.sha256, candidate.order_number) == ("ab" * 32, "PO-2026-000001")

    async def test_a_number_that_was_registered_meanwhile_is_refused_in_the_same_words(
        self, ports: Ports
    ) -> None:
        tenant = await an_exact_tenant(ports)
        first = await registered(ports, tenant)
        with pytest.raises(RuleBroken) as refused:
            await registered(ports, tenant, document(invoiced(), number="re 1"), original=ANOTHER)
        (blocker,) = refused.value.blockers
        assert blocker.code == "duplicate-invoice"
        assert id_text("inv", first.id) in blocker.detail
        assert "the same number but for case, blanks or punctuation" in blocker.detail

    async def test_a_number_is_free_for_others_and_after_a_mistake(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        first = await registered(ports, tenant)
        await registered(ports, tenant, supplier=SupplierId(uuid7()))
        await registered(ports, tenant, credit_note(invoiced(), number="RE-1"))
        await registered(ports, await an_exact_tenant(ports))
        first.reject("mistake", by=CLARA, order=None)
        await ports.invoices.save(first, an_act(tenant=tenant))
        second = await registered(ports, tenant)
        second.cancel("mistake", by=CLARA, order=None)
        await ports.invoices.save(second, an_act(tenant=tenant))
        await registered(ports, tenant)

    async def test_an_explained_copy_never_collides(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        explained: list[Invoice] = [
            await registered(ports, tenant, duplicate_reason="the supplier counts anew every year")
            for _ in range(2)
        ]
        plain = await registered(ports, tenant)
        for invoice in (*explained, plain):
            invoice.reject("mistake", by=CLARA, order=None)
            await ports.invoices.save(invoice, an_act(tenant=tenant))


ANOTHER_ONE = Original(media_type="application/xml", sha256="12" * 32, size=1)
