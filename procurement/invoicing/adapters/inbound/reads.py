"""What can be read of one invoice."""

from collections.abc import Callable
from typing import Annotated, Any, TypeAlias

from litestar import Response, get
from litestar.openapi.spec import Operation
from litestar.params import PathParameter

from procurement.invoicing.adapters.inbound.aside import said
from procurement.invoicing.adapters.inbound.describing import GivesOriginal, GivesUbl
from procurement.invoicing.adapters.inbound.explaining import NotMatchedYet, match_body
from procurement.invoicing.adapters.inbound.intake import JSON, XML
from procurement.invoicing.adapters.inbound.responses import InvoiceBody, MatchBody
from procurement.invoicing.adapters.inbound.saying import invoice_body
from procurement.invoicing.app.ports import Invoicing
from procurement.invoicing.domain.document import Document
from procurement.invoicing.domain.lifecycle import LIFECYCLE
from procurement.kernel.errors import NotFound
from procurement.kernel.ids import InvoiceId, MalformedId, parse_id
from procurement.platform.http.commands import HttpRequest
from procurement.platform.http.responses import answers, problems
from procurement.platform.http.routing import INSIDERS
from procurement.platform.http.telling import ActionsBody, HistoryListBody, actions_body, history_body
from procurement.platform.http.versions import tagged

InvoiceInPath = Annotated[str, PathParameter(description="The invoice's id: `inv_` and a UUID.")]

ROLES = {command: transition.roles for command, transition in LIFECYCLE.items()}

WriteUbl: TypeAlias = Callable[[Document], bytes]

_UNCHANGED = {304: answers(None, "You have it")}


def read_routes(invoicing: Invoicing, write_ubl: WriteUbl) -> list[Any]:
    return [*_contents(invoicing), *_files(invoicing, write_ubl), *_told(invoicing)]


def _reading(
    path: str, name: str, summary: str, body: Any, *, kind: type[Operation] = Operation, **responses: Any
) -> Callable[[Any], Any]:
    return get(
        f"/invoices/{{invoice_id:str}}{path}",
        opt=INSIDERS,
        tags=["invoices"],
        operation_id=name,
        operation_class=kind,
        summary=summary,
        responses={200: answers(body), **problems(404), **responses.pop("more", {})},
    )


def _contents(invoicing: Invoicing) -> list[Any]:
    @_reading("", "getInvoice", "One invoice or credit note, with the document", InvoiceBody, more=_UNCHANGED)
    async def one(request: HttpRequest, invoice_id: InvoiceInPath) -> Response[bytes]:
        invoice = await invoicing.get(request.user.tenant, invoice_named(invoice_id))
        return tagged(await said(invoice, invoice_body), invoice.version, request)

    @_reading(
        "/match",
        "getInvoiceMatch",
        "What was compared, line by line, and what came of it",
        MatchBody,
        more={**_UNCHANGED, **problems(404, also=[NotMatchedYet()])},
    )
    async def match(request: HttpRequest, invoice_id: InvoiceInPath) -> Response[bytes]:
        invoice = await invoicing.get(request.user.tenant, invoice_named(invoice_id))
        return tagged(await said(invoice, match_body), invoice.version, request)

    return [one, match]


def _files(invoicing: Invoicing, write_ubl: WriteUbl) -> list[Any]:
    @_reading(
        "/original", "getInvoiceOriginal", "The file, byte for byte as it came", str, kind=GivesOriginal
    )
    async def original(request: HttpRequest, invoice_id: InvoiceInPath) -> Response[bytes]:
        found = invoice_named(invoice_id)
        told, content = await invoicing.original(request.user.tenant, found)
        return _file(content, told.media_type, f"inv_{found}.{'json' if told.media_type == JSON else 'xml'}")

    @_reading(
        "/ubl", "getInvoiceUbl", "The document as UBL 2.1, every amount as it is stated", str, kind=GivesUbl
    )
    async def ubl(request: HttpRequest, invoice_id: InvoiceInPath) -> Response[bytes]:
        invoice = await invoicing.get(request.user.tenant, invoice_named(invoice_id))
        written = await said(invoice, lambda found: write_ubl(found.document))
        return _file(written, XML, f"inv_{invoice.id}.ubl.xml")

    return [original, ubl]


def _told(invoicing: Invoicing) -> list[Any]:
    @_reading("/history", "getInvoiceHistory", "Who did what, when, in whose name", HistoryListBody)
    async def history(request: HttpRequest, invoice_id: InvoiceInPath) -> Response[bytes]:
        entries = await invoicing.history(request.user.tenant, invoice_named(invoice_id))
        return Response(history_body(entries), media_type=JSON)

    @_reading("/actions", "getInvoiceActions", "What you may do now, and what forbids the rest", ActionsBody)
    async def actions(request: HttpRequest, invoice_id: InvoiceInPath) -> Response[bytes]:
        caller = request.user
        invoice, found = await invoicing.actions(caller.tenant, caller.actor, invoice_named(invoice_id))
        return Response(actions_body(invoice.version, invoice.state, found, ROLES), media_type=JSON)

    return [history, actions]


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    """To be kept, never to be shown: it is a stranger's."""
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=disposition)


def invoice_named(text: str) -> InvoiceId:
    """Raise NotFound for what is no invoice's id."""
    try:
        return InvoiceId(parse_id("inv", text))
    except MalformedId as error:
        raise NotFound(f"there is no invoice {text[:64]!r}") from error
