"""Receiving over HTTP: parse, call the in-port, say the result. Failures are mapped in platform.http."""

from collections.abc import Callable
from typing import Annotated, Any

from litestar import Response, Router, get, post
from litestar.params import JSONBody, PathParameter

from procurement.kernel.act import Act
from procurement.kernel.errors import NotFound
from procurement.kernel.ids import GoodsReceiptId, MalformedId, OrderId, id_text, parse_id
from procurement.platform.http.commands import Commands, HttpRequest, Said
from procurement.platform.http.decoding import StrictDTO
from procurement.platform.http.examples import examples_beside
from procurement.platform.http.paging import Cursors
from procurement.platform.http.policies import PolicyWords, policy_routes
from procurement.platform.http.responses import COMMAND, answers, problems
from procurement.platform.http.routing import INSIDERS, only
from procurement.platform.http.telling import ActionsBody, HistoryListBody, actions_body, history_body
from procurement.platform.http.versions import etag, expected_version, tagged
from procurement.receiving.adapters.inbound.listing import list_route
from procurement.receiving.adapters.inbound.reading import opening_of, policy_of
from procurement.receiving.adapters.inbound.receipt_commands import RECEIPT_COMMANDS, ReceiptCommand
from procurement.receiving.adapters.inbound.refusals import REFUSALS
from procurement.receiving.adapters.inbound.requests import OpenBody, PolicyBody
from procurement.receiving.adapters.inbound.responses import ExpectedOrderBody, PolicyInForce, ReceiptBody
from procurement.receiving.adapters.inbound.saying import expected_body, policy_body, receipt_body
from procurement.receiving.app.ports import Decision, Receiving
from procurement.receiving.domain.expectation import OrderUnknown
from procurement.receiving.domain.lifecycle import LIFECYCLE, Command
from procurement.receiving.domain.receipt import GoodsReceipt

OrderInPath = Annotated[str, PathParameter(description="The order's id: `po_` and a UUID.")]
ReceiptInPath = Annotated[str, PathParameter(description="The receipt's id: `grn_` and a UUID.")]

ROLES = {command: transition.roles for command, transition in LIFECYCLE.items()}

POLICY = PolicyWords(
    of="receiving",
    told="How much more or less may come; version 0 is the default",
    decided="Decide anew; what is here stays here",
    body=PolicyBody,
    in_force=PolicyInForce,
    reads=policy_of,
    says=policy_body,
)


def routes(receiving: Receiving, commands: Commands, cursors: Cursors) -> Router:
    return Router(
        "/v1",
        opt=examples_beside(__file__),
        route_handlers=[
            _open(receiving, commands),
            list_route(receiving, cursors, INSIDERS),
            *_read(receiving),
            *(_on_receipt(receiving, commands, command) for command in RECEIPT_COMMANDS),
            _expected(receiving),
            *policy_routes(receiving, commands, POLICY),
        ],
    )


def _open(receiving: Receiving, commands: Commands) -> Any:
    @post(
        "/goods-receipts",
        dto=StrictDTO[OpenBody],
        opt=only(*LIFECYCLE[Command.OPEN].roles),
        tags=["goods receipts"],
        operation_id="openGoodsReceipt",
        summary="Say what came of an order; nothing is accepted before it is verified",
        responses={
            201: answers(ReceiptBody, "The receipt"),
            **problems(*COMMAND, also=REFUSALS[Command.OPEN]),
        },
    )
    async def opened(request: HttpRequest, data: JSONBody[OpenBody]) -> Response[bytes]:
        command = opening_of(data)
        return await commands.run(request, _opened, lambda act: receiving.open(act, command))

    return opened


def _read(receiving: Receiving) -> list[Any]:
    def reading(path: str, name: str, summary: str, body: type, **more: Any) -> Callable[[Any], Any]:
        return get(
            f"/goods-receipts/{{receipt_id:str}}{path}",
            opt=INSIDERS,
            tags=["goods receipts"],
            operation_id=name,
            summary=summary,
            responses={200: answers(body), **more.pop("responses", {}), **problems(404)},
        )

    @reading("", "getGoodsReceipt", "One receipt", ReceiptBody, responses={304: answers(None, "You have it")})
    async def one(request: HttpRequest, receipt_id: ReceiptInPath) -> Response[bytes]:
        receipt = await receiving.get(request.user.tenant, _receipt(receipt_id))
        return tagged(receipt_body(receipt), receipt.version, request)

    @reading("/history", "getGoodsReceiptHistory", "Who did what, when, in whose name", HistoryListBody)
    async def history(request: HttpRequest, receipt_id: ReceiptInPath) -> Response[bytes]:
        entries = await receiving.history(request.user.tenant, _receipt(receipt_id))
        return Response(history_body(entries), media_type="application/json")

    @reading(
        "/actions", "getGoodsReceiptActions", "What you may do now, and what forbids the rest", ActionsBody
    )
    async def actions(request: HttpRequest, receipt_id: ReceiptInPath) -> Response[bytes]:
        caller = request.user
        receipt, found = await receiving.actions(caller.tenant, caller.actor, _receipt(receipt_id))
        told = actions_body(receipt.version, receipt.state, found, ROLES)
        return Response(told, media_type="application/json")

    return [one, history, actions]


def _on_receipt(receiving: Receiving, commands: Commands, command: ReceiptCommand) -> Any:
    @post(
        f"/goods-receipts/{{receipt_id:str}}/{command.name}",
        status_code=200,
        dto=StrictDTO[command.body],  # type: ignore[name-defined]
        opt=only(*LIFECYCLE[command.name].roles),
        tags=["goods receipts"],
        operation_id=f"{command.name}GoodsReceipt",
        summary=command.summary,
        responses={
            200: answers(ReceiptBody, "The receipt now"),
            **problems(*COMMAND, 404, 412, 428, also=REFUSALS[command.name]),
        },
    )
    async def run(
        request: HttpRequest,
        receipt_id: ReceiptInPath,
        data: JSONBody[command.body],  # type: ignore[name-defined]
    ) -> Response[bytes]:
        decision = Decision(receipt=_receipt(receipt_id), expected_version=expected_version(request))
        do = command.reads(data)

        def carry_out(act: Act) -> Any:
            return do(receiving, act, decision)

        return await commands.run(request, _changed, carry_out)

    return run


def _expected(receiving: Receiving) -> Any:
    @get(
        "/expected-orders/{order_id:str}",
        opt=INSIDERS,
        tags=["goods receipts"],
        operation_id="getExpectedOrder",
        summary="What may still come of an order",
        responses={200: answers(ExpectedOrderBody), **problems(404)},
    )
    async def expected(request: HttpRequest, order_id: OrderInPath) -> Response[bytes]:
        try:
            found, policy = await receiving.expected(
                request.user.tenant, OrderId(_parsed("po", order_id, "order"))
            )
        except OrderUnknown as unknown:
            raise NotFound(str(unknown)) from unknown
        return Response(expected_body(found, policy), media_type="application/json")

    return expected


def _receipt(text: str) -> GoodsReceiptId:
    return GoodsReceiptId(_parsed("grn", text, "receipt"))


def _parsed(prefix: str, text: str, what: str) -> Any:
    try:
        return parse_id(prefix, text)
    except MalformedId as error:
        raise NotFound(f"there is no {what} {text[:64]!r}") from error


def _opened(receipt: GoodsReceipt) -> Said:
    location = f"/v1/goods-receipts/{id_text('grn', receipt.id)}"
    return Said(201, receipt_body(receipt), {"etag": etag(receipt.version), "location": location})


def _changed(receipt: GoodsReceipt) -> Said:
    return Said(200, receipt_body(receipt), {"etag": etag(receipt.version)})
