"""The list of receipts: filters, sorts, pages."""

from collections.abc import Mapping
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import QueryParameter

from procurement.kernel.ids import GoodsReceiptId, OrderId, SupplierId, parse_id
from procurement.platform.http.commands import HttpRequest
from procurement.platform.http.filters import INSTANT, instant
from procurement.platform.http.paging import Cursors, Position, Turn
from procurement.platform.http.responses import answers, problems
from procurement.platform.http.routing import PAGED
from procurement.receiving.adapters.inbound.responses import ReceiptPage
from procurement.receiving.adapters.inbound.saying import summary_body
from procurement.receiving.app.ports import ReceiptQuery, ReceiptSummary, Receiving, Sort
from procurement.receiving.domain.lifecycle import State

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

Statuses = Annotated[list[State] | None, QueryParameter(name="status", description="Any of these.")]
OrderFilter = Annotated[str | None, QueryParameter(pattern=rf"^po_{_UUID}(?!\n)$")]
SupplierFilter = Annotated[str | None, QueryParameter(pattern=rf"^sup_{_UUID}(?!\n)$")]
Note = Annotated[str | None, QueryParameter(min_length=1, max_length=64)]
Person = Annotated[str | None, QueryParameter(min_length=1, max_length=128)]
Instant = Annotated[
    str | None,
    QueryParameter(
        pattern=INSTANT,
        description="RFC 3339 with an offset. `created_to` is exclusive.",
    ),
]


def list_route(receiving: Receiving, cursors: Cursors, who: Mapping[str, Any]) -> Any:
    @get(
        "/goods-receipts",
        opt={**who, **PAGED},
        tags=["goods receipts"],
        operation_id="listGoodsReceipts",
        summary="Receipts, newest first unless sorted otherwise",
        responses={200: answers(ReceiptPage), **problems(400)},
    )
    async def page(  # noqa: PLR0913, PLR0917 - so many filters
        request: HttpRequest,
        status: Statuses = None,
        order_id: OrderFilter = None,
        supplier_id: SupplierFilter = None,
        delivery_note: Note = None,
        opened_by: Person = None,
        created_from: Instant = None,
        created_to: Instant = None,
        sort: Annotated[Sort, QueryParameter(description="`-` sorts downwards.")] = Sort.CREATED_DESC,
    ) -> Response[bytes]:
        turn = cursors.turn(request)
        query = ReceiptQuery(
            states=tuple(status or ()),
            order=None if order_id is None else OrderId(parse_id("po", order_id)),
            supplier=None if supplier_id is None else SupplierId(parse_id("sup", supplier_id)),
            delivery_note=delivery_note,
            opened_by=opened_by,
            created_from=instant("created_from", created_from),
            created_to=instant("created_to", created_to),
            sort=turn.order(sort),
            after=_after(turn),
            limit=turn.limit,
        )
        found = await receiving.page(request.user.tenant, query)
        return cursors.page(request, turn.cut(found, _position), summary_body)

    return page


def _after(turn: Turn) -> tuple[str, GoodsReceiptId] | None:
    if not turn.position:
        return None
    value, receipt = turn.position
    return str(value), GoodsReceiptId(parse_id("grn", str(receipt)))


def _position(receipt: ReceiptSummary) -> Position:
    return receipt.created_at.isoformat(), f"grn_{receipt.id}"
