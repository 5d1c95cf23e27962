"""The list of invoices: filters, sorts, pages."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import QueryParameter

from procurement.invoicing.adapters.inbound.requests import ORDER_REF, SUPPLIER_REF
from procurement.invoicing.adapters.inbound.responses import InvoicePage
from procurement.invoicing.adapters.inbound.saying import summary_body
from procurement.invoicing.app.ports import InvoiceQuery, InvoiceSummary, Invoicing, Sort
from procurement.invoicing.domain.document import Kind
from procurement.invoicing.domain.lifecycle import State
from procurement.kernel.ids import InvoiceId, OrderId, SupplierId, parse_id
from procurement.platform.http.commands import HttpRequest
from procurement.platform.http.filters import DAY, INSTANT, day, instant
from procurement.platform.http.paging import Cursors, Position, Turn
from procurement.platform.http.responses import answers, problems
from procurement.platform.http.routing import PAGED

Statuses = Annotated[list[State] | None, QueryParameter(name="status", description="Any of these.")]
OneKind = Annotated[Kind | None, QueryParameter(description="Invoices or credit notes; both unless told.")]
OrderFilter = Annotated[str | None, QueryParameter(pattern=ORDER_REF)]
SupplierFilter = Annotated[str | None, QueryParameter(pattern=SUPPLIER_REF)]
Number = Annotated[
    str | None,
    QueryParameter(
        min_length=1, max_length=200, description="The supplier's, however it is written: RE-7 is re/07."
    ),
]
Day = Annotated[str | None, QueryParameter(pattern=DAY, description="`issued_to` is exclusive.")]
Instant = Annotated[
    str | None,
    QueryParameter(pattern=INSTANT, description="RFC 3339 with an offset. `registered_to` is exclusive."),
]
CurrencyFilter = Annotated[str | None, QueryParameter(pattern=r"^[A-Z]{3}(?!\n)$", description="ISO 4217.")]
Amount = Annotated[
    str | None,
    QueryParameter(
        pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,10})?(?!\n)$",
        description="With VAT, in the document's own currency, inclusive.",
    ),
]


def _listing(who: Mapping[str, Any]) -> Callable[[Any], Any]:
    return get(
        "/invoices",
        opt={**who, **PAGED},
        tags=["invoices"],
        operation_id="listInvoices",
        summary="Invoices and credit notes, the latest first unless sorted otherwise",
        responses={200: answers(InvoicePage), **problems(400)},
    )


def list_route(invoicing: Invoicing, cursors: Cursors, who: Mapping[str, Any]) -> Any:
    @_listing(who)
    async def page(  # noqa: PLR0913, PLR0917 - so many filters
        request: HttpRequest,
        status: Statuses = None,
        kind: OneKind = None,
        supplier_id: SupplierFilter = None,
        order_id: OrderFilter = None,
        number: Number = None,
        issued_from: Day = None,
        issued_to: Day = None,
        registered_from: Instant = None,
        registered_to: Instant = None,
        currency: CurrencyFilter = None,
        total_from: Amount = None,
        total_to: Amount = None,
        sort: Annotated[Sort, QueryParameter(description="`-` sorts downwards.")] = Sort.REGISTERED_DESC,
    ) -> Response[bytes]:
        turn = cursors.turn(request)
        query = InvoiceQuery(
            states=tuple(status or ()),
            kind=kind,
            supplier=None if supplier_id is None else SupplierId(parse_id("sup", supplier_id)),
            order=None if order_id is None else OrderId(parse_id("po", order_id)),
            number=number,
            issued_from=day("issued_from", issued_from),
            issued_to=day("issued_to", issued_to),
            registered_from=instant("registered_from", registered_from),
            registered_to=instant("registered_to", registered_to),
            currency=currency,
            total_from=None if total_from is None else Decimal(total_from),
            total_to=None if total_to is None else Decimal(total_to),
            sort=turn.order(sort),
            after=_after(turn),
            limit=turn.limit,
        )
        found = await invoicing.page(request.user.tenant, query)
        return cursors.page(request, turn.cut(found, _position(sort)), summary_body)

    return page


def _after(turn: Turn) -> tuple[str, InvoiceId] | None:
    if not turn.position:
        return None
    value, invoice = turn.position
    return str(value), InvoiceId(parse_id("inv", str(invoice)))


def _position(sort: Sort) -> Callable[[InvoiceSummary], Position]:
    if sort in {Sort.TOTAL, Sort.TOTAL_DESC}:
        return lambda invoice: (str(invoice.total), f"inv_{invoice.id}")
    return lambda invoice: (invoice.registered_at.isoformat(), f"inv_{invoice.id}")
