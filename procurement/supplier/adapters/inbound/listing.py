"""The list of suppliers: filters, sorts, pages."""

from collections.abc import Mapping
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import QueryParameter
from msgspec import Struct

from procurement.kernel.ids import SupplierId, id_text, parse_id
from procurement.platform.http.commands import HttpRequest
from procurement.platform.http.paging import Cursors, Position, Turn
from procurement.platform.http.problems import FieldError, Problem
from procurement.platform.http.responses import answers, problems
from procurement.platform.http.routing import PAGED
from procurement.supplier.adapters.inbound.responses import SupplierBody, supplier_body
from procurement.supplier.app.ports import Sort, SupplierMaster, SupplierQuery
from procurement.supplier.domain.identifiers import BadIdentifier, Identifier
from procurement.supplier.domain.lifecycle import State
from procurement.supplier.domain.supplier import Supplier

Statuses = Annotated[list[State] | None, QueryParameter(name="status", description="Any of these.")]
NamePrefix = Annotated[
    str | None,
    QueryParameter(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="How the name begins, in any case.",
    ),
]
IdentifierFilter = Annotated[
    str | None,
    QueryParameter(
        min_length=3,
        max_length=256,
        description="Scheme, colon, value: `VAT:DE136695976`, as you would write it.",
    ),
]
Sorted = Annotated[
    Sort, QueryParameter(description="`registered` is the order of registration; `-` sorts downwards.")
]


class SupplierPage(Struct, frozen=True, kw_only=True):
    items: list[SupplierBody]
    next: str | None
    prev: str | None


def list_route(master: SupplierMaster, cursors: Cursors, who: Mapping[str, Any]) -> Any:
    @get(
        "/suppliers",
        opt={**who, **PAGED},
        tags=["suppliers"],
        operation_id="listSuppliers",
        summary="Suppliers, by name unless sorted otherwise",
        responses={200: answers(SupplierPage), **problems(400)},
    )
    async def page(
        request: HttpRequest,
        status: Statuses = None,
        name: NamePrefix = None,
        identifier: IdentifierFilter = None,
        sort: Sorted = Sort.NAME,
    ) -> Response[bytes]:
        turn = cursors.turn(request)
        query = SupplierQuery(
            states=tuple(status or ()),
            name=name,
            identifier=_identifier(identifier),
            sort=turn.order(sort),
            after=_after(turn),
            limit=turn.limit,
        )
        found = await master.page(request.user.tenant, query)
        return cursors.page(request, turn.cut(found, _position), supplier_body)

    return page


def _identifier(text: str | None) -> Identifier | None:
    if text is None:
        return None
    scheme, _, value = text.partition(":")
    try:
        return Identifier.of(scheme, value)
    except BadIdentifier as error:
        fault = FieldError(parameter="identifier", code="bad-identifier", detail=str(error))
        raise Problem("invalid-parameter", errors=[fault]) from None


def _after(turn: Turn) -> tuple[str, SupplierId] | None:
    if not turn.position:
        return None
    name, supplier = turn.position
    return str(name), SupplierId(parse_id("sup", str(supplier)))


def _position(supplier: Supplier) -> Position:
    return supplier.name, id_text("sup", supplier.id)
