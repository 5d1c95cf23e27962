"""What every adapter promises of lists of invoices."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from procurement.invoicing.app.ports import InvoiceQuery, InvoiceSummary, Sort
from procurement.invoicing.domain.document import Kind
from procurement.invoicing.domain.finding import Finding
from procurement.invoicing.domain.lifecycle import State
from procurement.kernel.ids import InvoiceId, OrderId
from procurement.platform.http.paging import Cut, Position, Turn
from procurement.platform.uuid7 import uuid7
from tests.contracts.invoicing import Ports, a_tenant, an_exact_tenant, registered, rematched
from tests.contracts.walks import after, there_and_back
from tests.unit.invoicing.builders import NOW, OVERCHARGED
from tests.unit.invoicing.papers import ORDER, SUPPLIER, document, invoiced

pytestmark = pytest.mark.anyio


class InvoiceListsContract:
    @pytest.fixture
    def ports(self) -> Ports:
        raise NotImplementedError

    async def test_lists_are_filtered_sorted_and_paged(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        made = [
            await registered(
                ports,
                tenant,
                document(invoiced(str(10 - n)), number=f"RE-{n}", issued=date(2026, 3, n)),
                at=NOW + timedelta(seconds=n // 2),
            )
            for n in range(1, 6)
        ]
        await rematched(ports, tenant, made[2])
        ids = [invoice.id for invoice in made]

        async def found(**query: object) -> list[InvoiceId]:
            return [i.id for i in await ports.invoices.page(tenant, InvoiceQuery(**query))]  # type: ignore[arg-type]

        assert await found() == ids[::-1]
        assert await found(sort=Sort.REGISTERED, limit=2) == ids[:2]
        second = made[1].registered_at.isoformat()
        assert await found(sort=Sort.REGISTERED, after=(second, ids[1])) == ids[2:]
        assert await found(after=(second, ids[1])) == [ids[0]]
        assert await found(sort=Sort.TOTAL) == ids[::-1]
        assert await found(sort=Sort.TOTAL, after=("287.00", ids[2])) == [ids[1], ids[0]]
        assert await found(sort=Sort.TOTAL_DESC, after=("287", ids[2])) == ids[3:]
        assert await found(states=(State.MATCHED, State.REJECTED)) == [ids[2]]
        assert await found(number="re 4") == [ids[3]]
        assert await found(issued_from=date(2026, 3, 2), issued_to=date(2026, 3, 4)) == [ids[2], ids[1]]
        assert await found(total_from=Decimal(287), total_to=Decimal(328)) == [ids[2], ids[1]]
        late = NOW + timedelta(seconds=2)
        assert await found(registered_from=late, registered_to=late + timedelta(days=1)) == [ids[4], ids[3]]
        assert len(await found(order=ORDER, supplier=SUPPLIER, kind=Kind.INVOICE, currency="EUR")) == 5
        assert await found(order=OrderId(uuid7())) == await found(currency="USD") == []
        assert await found(kind=Kind.CREDIT_NOTE) == await found(registered_to=NOW) == []
        assert await ports.invoices.page(a_tenant(), InvoiceQuery()) == []

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            (Sort.REGISTERED, [1, 2, 3, 4, 5]),
            (Sort.REGISTERED_DESC, [5, 4, 3, 2, 1]),
            (Sort.TOTAL, [2, 4, 1, 3, 5]),
            (Sort.TOTAL_DESC, [5, 3, 1, 4, 2]),
        ],
    )
    async def test_pages_lead_on_and_back_again(
        self, ports: Ports, sort: Sort, expected: Sequence[int]
    ) -> None:
        tenant = await an_exact_tenant(ports)
        for n, quantity in enumerate(("3", "1", "3", "2", "5"), 1):
            await registered(ports, tenant, document(invoiced(quantity), number=str(n)))

        def position(invoice: InvoiceSummary) -> Position:
            value = str(invoice.total) if "total" in sort else invoice.registered_at.isoformat()
            return value, str(invoice.id)

        async def read(turn: Turn) -> Cut[InvoiceSummary]:
            query = InvoiceQuery(sort=turn.order(sort), after=after(turn), limit=turn.limit)
            return turn.cut(await ports.invoices.page(tenant, query), position)

        assert [int(invoice.number) for invoice in await there_and_back(read, 2)] == expected

    async def test_a_list_says_what_is_open(self, ports: Ports) -> None:
        tenant = await an_exact_tenant(ports)
        finding = Finding(rule="BR-DE-1", fatal=False, detail="nothing much")
        invoice = await registered(ports, tenant, OVERCHARGED, findings=(finding,))
        await rematched(ports, tenant, invoice)
        (said,) = await ports.invoices.page(tenant, InvoiceQuery())
        assert (said.id, said.kind, said.number, said.supplier) == (invoice.id, "invoice", "RE-1", SUPPLIER)
        assert (said.order, said.order_number, said.state) == (ORDER, "PO-2026-000001", State.DISPUTED)
        assert (said.issued, said.currency, said.total) == (date(2026, 3, 2), "EUR", Decimal(500))
        assert (said.line_count, said.open_exceptions, said.finding_count) == (1, 1, 1)
        assert (said.version, said.registered_at) == (2, NOW)
