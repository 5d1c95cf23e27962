"""What a call is about: found in the port's signature, read when somebody tells of the call."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import pytest
import structlog

from procurement.kernel.errors import NotFound
from procurement.kernel.ids import GoodsReceiptId, InvoiceId, OrderId, SupplierId
from procurement.platform.interceptors.about import about
from procurement.platform.interceptors.log import Log
from procurement.platform.interceptors.stack import stacked
from procurement.purchasing.app.ports import Decision, PurchaseOrders, Purchasing
from procurement.receiving.app.ports import GoodsReceipts
from tests.unit.purchasing.builders import ORDER, SUPPLIER, TENANT, an_act

pytestmark = pytest.mark.anyio

NUMBER = UUID("01920000-0000-7000-8000-00000000000f")
PO = f"po_{ORDER}"


@dataclass
class News:
    order: OrderId | None
    receipt: GoodsReceiptId
    twin: GoodsReceiptId


class Port(Protocol):
    async def look(self, tenant: str, order: OrderId, supplier: SupplierId | None = None) -> None: ...
    async def note(self, *news: News) -> None: ...
    async def learn(self, news: News, *, invoice: InvoiceId) -> None: ...
    async def rest(self, seconds: float) -> None: ...


def said(method: Any, *args: Any, **kwargs: Any) -> dict[str, str]:
    found: Iterable[tuple[str, str]] = about(method)(args, kwargs)
    return dict(found)


def test_an_identifier_is_found_by_its_type_wherever_it_is_given() -> None:
    assert said(Port.look, "t", OrderId(NUMBER)) == {"po": f"po_{NUMBER}"}
    assert said(Port.look, "t", order=OrderId(NUMBER)) == {"po": f"po_{NUMBER}"}
    assert said(Port.look, "t", OrderId(NUMBER), None) == {"po": f"po_{NUMBER}"}
    assert said(Port.look, "t", OrderId(NUMBER), SupplierId(SUPPLIER))["sup"] == f"sup_{SUPPLIER}"


def test_an_argument_that_has_identifiers_tells_the_first_of_each_kind() -> None:
    news = News(None, GoodsReceiptId(NUMBER), GoodsReceiptId(ORDER))
    assert said(Port.learn, news, invoice=InvoiceId(ORDER)) == {
        "grn": f"grn_{NUMBER}",
        "inv": f"inv_{ORDER}",
    }


def test_a_call_about_many_or_nothing_says_nothing() -> None:
    assert said(Port.note, News(OrderId(NUMBER), GoodsReceiptId(NUMBER), GoodsReceiptId(NUMBER))) == {}
    assert said(Port.rest, 1.0) == {}


def test_whatever_was_given_instead_does_no_harm() -> None:
    assert said(Port.look, "t", "; DROP TABLE orders") == {}
    assert said(Port.learn, None) == {}
    assert said(Port.look) == {}


def test_the_ports_of_the_contexts_tell_what_they_are_about() -> None:
    act, decision = an_act(), Decision(order=ORDER, expected_version=1)
    assert said(Purchasing.approve, act, decision, None) == {"po": PO}
    assert said(PurchaseOrders.for_change, act, ORDER) == {"po": PO}
    assert said(GoodsReceipts.get, TENANT, GoodsReceiptId(NUMBER)) == {"grn": f"grn_{NUMBER}"}


async def test_the_log_names_what_a_refused_call_was_about() -> None:
    class Empty:
        async def look(self, *_: Any) -> None:
            raise NotFound("nothing")

        note = learn = rest = look

    port = stacked(Port, Log(structlog.get_logger()))(Empty())  # type: ignore[arg-type]
    with structlog.testing.capture_logs() as lines, pytest.raises(NotFound):
        await port.look("t", OrderId(NUMBER))
    assert lines[0]["po_id"] == f"po_{NUMBER}"
