"""Invoicing over HTTP: parse, call the in-port, say the result. Failures are mapped in platform.http."""

from typing import Annotated, Any

from litestar import Response, Router, post
from litestar.params import JSONBody, QueryParameter

from procurement.invoicing.adapters.inbound.describing import TakesDocuments
from procurement.invoicing.adapters.inbound.intake import LARGE_DOCUMENTS, taken_in
from procurement.invoicing.adapters.inbound.invoice_commands import INVOICE_COMMANDS, InvoiceCommand
from procurement.invoicing.adapters.inbound.listing import list_route
from procurement.invoicing.adapters.inbound.reading import policy_of
from procurement.invoicing.adapters.inbound.reads import InvoiceInPath, WriteUbl, invoice_named, read_routes
from procurement.invoicing.adapters.inbound.refusals import REFUSALS
from procurement.invoicing.adapters.inbound.requests import ORDER_REF, SUPPLIER_REF, TEXT, InvoicingPolicyBody
from procurement.invoicing.adapters.inbound.responses import InvoicingPolicyInForce, StandingBody
from procurement.invoicing.adapters.inbound.saying import policy_body, standing_body
from procurement.invoicing.app.ports import Decision, Invoicing, Registration
from procurement.invoicing.domain.invoice import Invoice
from procurement.invoicing.domain.lifecycle import LIFECYCLE, Command
from procurement.kernel.act import Act
from procurement.kernel.ids import OrderId, SupplierId, id_text, parse_id
from procurement.platform.http.commands import Commands, HttpRequest, Said
from procurement.platform.http.decoding import StrictDTO
from procurement.platform.http.examples import examples_beside
from procurement.platform.http.paging import Cursors
from procurement.platform.http.policies import PolicyWords, policy_routes
from procurement.platform.http.responses import COMMAND, answers, problems
from procurement.platform.http.routing import INSIDERS, only
from procurement.platform.http.versions import etag, expected_version

_INTAKE = """\
JSON in the shape of EN 16931, or UBL 2.1. The document is taken in as it is stated; what is wrong with it by
the rules of EN 16931 is told in `findings`. Its supplier is the one of `order_id`, else of the order whose
number it states (BT-13), unless `supplier_id` says it. The match follows by itself.
"""

SupplierParameter = Annotated[
    str | None, QueryParameter(pattern=SUPPLIER_REF, description="Whose document it is.")
]
OrderParameter = Annotated[
    str | None, QueryParameter(pattern=ORDER_REF, description="For which order, whatever the document says.")
]
DuplicateReason = Annotated[
    str | None,
    QueryParameter(
        min_length=1,
        max_length=1000,
        pattern=TEXT,
        description="Why it is no second copy, where it looks like one.",
    ),
]

POLICY = PolicyWords(
    of="invoicing",
    told="How much an invoice may differ, and whether goods must have come; version 0 is the default",
    decided="Decide anew; what is matched stays matched",
    body=InvoicingPolicyBody,
    in_force=InvoicingPolicyInForce,
    reads=policy_of,
    says=policy_body,
)


def routes(invoicing: Invoicing, commands: Commands, cursors: Cursors, write_ubl: WriteUbl) -> Router:
    return Router(
        "/v1",
        opt=examples_beside(__file__),
        route_handlers=[
            _register(invoicing, commands),
            list_route(invoicing, cursors, INSIDERS),
            *read_routes(invoicing, write_ubl),
            *(_on_invoice(invoicing, commands, command) for command in INVOICE_COMMANDS),
            *policy_routes(invoicing, commands, POLICY),
        ],
    )


def _register(invoicing: Invoicing, commands: Commands) -> Any:
    @post(
        "/invoices",
        opt={**only(*LIFECYCLE[Command.REGISTER].roles), **LARGE_DOCUMENTS.opt},
        tags=["invoices"],
        operation_id="registerInvoice",
        operation_class=TakesDocuments,
        summary="Take in a supplier's invoice or credit note, as JSON or UBL",
        description=_INTAKE,
        responses={
            201: answers(StandingBody, "Where it stands"),
            **problems(*COMMAND, also=REFUSALS[Command.REGISTER]),
        },
    )
    async def registered(
        request: HttpRequest,
        supplier_id: SupplierParameter = None,
        order_id: OrderParameter = None,
        duplicate_reason: DuplicateReason = None,
    ) -> Response[bytes]:
        came = await taken_in(request)
        registration = Registration(
            document=came.document,
            original=came.original,
            content=came.content,
            supplier=None if supplier_id is None else SupplierId(parse_id("sup", supplier_id)),
            order=None if order_id is None else OrderId(parse_id("po", order_id)),
            duplicate_reason=duplicate_reason,
        )
        sha256 = came.original.sha256.encode()
        return await commands.run(
            request, _registered, lambda act: invoicing.register(act, registration), sha256
        )

    return registered


def _on_invoice(invoicing: Invoicing, commands: Commands, command: InvoiceCommand) -> Any:
    @post(
        f"/invoices/{{invoice_id:str}}/{command.name}",
        status_code=200,
        dto=StrictDTO[command.body],  # type: ignore[name-defined]
        opt=only(*LIFECYCLE[command.name].roles),
        tags=["invoices"],
        operation_id=f"{command.name}Invoice",
        summary=command.summary,
        responses={
            200: answers(StandingBody, "Where it stands now"),
            **problems(*COMMAND, 404, 412, 428, also=REFUSALS[command.name]),
        },
    )
    async def run(
        request: HttpRequest,
        invoice_id: InvoiceInPath,
        data: JSONBody[command.body],  # type: ignore[name-defined]
    ) -> Response[bytes]:
        decision = Decision(invoice=invoice_named(invoice_id), expected_version=expected_version(request))
        do = command.reads(data)

        def carry_out(act: Act) -> Any:
            return do(invoicing, act, decision)

        return await commands.run(request, _changed, carry_out)

    return run


def _registered(invoice: Invoice) -> Said:
    location = f"/v1/invoices/{id_text('inv', invoice.id)}"
    return Said(201, standing_body(invoice), {"etag": etag(invoice.version), "location": location})


def _changed(invoice: Invoice) -> Said:
    return Said(200, standing_body(invoice), {"etag": etag(invoice.version)})
