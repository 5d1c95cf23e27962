"""The list of orders: filters, sorts, pages."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import QueryParameter
from msgspec import Struct

from procurement.kernel.ids import OrderId, SupplierId, parse_id
from procurement.platform.http.commands import HttpRequest
from procurement.platform.http.filters import INSTANT, instant
from procurement.platform.http.paging import Cursors, Position, Turn
from procurement.platform.http.responses import answers, problems
from procurement.platform.http.routing import PAGED
from procurement.purchasing.adapters.inbound.responses import SummaryBody
from procurement.purchasing.adapters.inbound.saying import summary_body
from procurement.purchasing.app.ports import OrderQuery, OrderSummary, Purchasing, Sort
from procurement.purchasing.domain.progress import Status

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

Statuses = Annotated[list[Status] | None, QueryParameter(name="status", description="Any of these.")]
SupplierFilter = Annotated[str | None, QueryParameter(pattern=rf"^sup_{_UUID}(?!\n)$")]
Person = Annotated[str | None, QueryParameter(min_length=1, max_length=128)]
Number = Annotated[
    str | None, QueryParameter(pattern=r"^PO-[0-9]{4}-[0-9]{6,}(?!\n)$", description="Exactly this one.")
]
Instant = Annotated[
    str | None,
    QueryParameter(
        pattern=INSTANT,
        description="RFC 3339 with an offset. `created_to` is exclusive.",
    ),
]
Amount = Annotated[
    str | None,
    QueryParameter(
        pattern=r"^[0-9]{1,14}(\.[0-9]{1,4})?(?!\n)$", description="In the order's own currency, inclusive."
    ),
]


class OrderPage(Struct, frozen=True, kw_only=True):
    items: list[SummaryBody]
    next: str | None
    prev: str | None


def list_route(purchasing: Purchasing, cursors: Cursors, who: Mapping[str, Any]) -> Any:
    @get(
        "/purchase-orders",
        opt={**who, **PAGED},
        tags=["purchase orders"],
        operation_id="listPurchaseOrders",
        summary="Orders, newest first unless sorted otherwise",
        responses={200: answers(OrderPage), **problems(400)},
    )
    async def page(  # noqa: PLR0913, PLR0917 - so many filters
        request: HttpRequest,
        status: Statuses = None,
        supplier_id: SupplierFilter = None,
        requested_by: Person = None,
        number: Number = None,
        created_from: Instant = None,
        created_to: Instant = None,
        total_from: Amount = None,
        total_to: Amount = None,
        sort: Annotated[Sort, QueryParameter(description="`-` sorts downwards.")] = Sort.CREATED_DESC,
    ) -> Response[bytes]:
        turn = cursors.turn(request)
        query = OrderQuery(
            statuses=tuple(status or ()),
            supplier=_supplier(supplier_id),
            requested_by=requested_by,
            number=number,
            created_from=instant("created_from", created_from),
            created_to=instant("created_to", created_to),
            total_from=None if total_from is None else Decimal(total_from),
            total_to=None if total_to is None else Decimal(total_to),
            sort=turn.order(sort),
            after=_after(turn),
            limit=turn.limit,
        )
        found = await purchasing.page(request.user.tenant, request.user.actor, query)
        return cursors.page(request, turn.cut(found, _position(sort)), summary_body)

    return page


def _supplier(text: str | None) -> SupplierId | None:
    return None if text is None else SupplierId(parse_id("sup", text))


def _after(turn: Turn) -> tuple[str, OrderId] | None:
    if not turn.position:
        return None
    value, order = turn.position
    return str(value), OrderId(parse_id("po", str(order)))


def _position(sort: Sort) -> Callable[[OrderSummary], Position]:
    if sort in {Sort.TOTAL, Sort.TOTAL_DESC}:
        return lambda order: (str(order.total), f"po_{order.id}")
    return lambda order: (order.created_at.isoformat(), f"po_{order.id}")
