"""Purchasing over HTTP: parse, call the in-port, say the result. Failures are mapped in platform.http."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath, JSONBody

from procurement.kernel.act import Act
from procurement.kernel.actor import Actor, Role
from procurement.kernel.errors import NotFound
from procurement.kernel.ids import MalformedId, OrderId, id_text, parse_id
from procurement.platform.http.commands import Commands, HttpRequest, Said
from procurement.platform.http.decoding import StrictDTO
from procurement.platform.http.paging import Cursors
from procurement.platform.http.policies import PolicyWords, policy_routes
from procurement.platform.http.responses import COMMAND, answers, problems
from procurement.platform.http.routing import INSIDERS, only
from procurement.platform.http.telling import ActionsBody, HistoryListBody, actions_body, history_body
from procurement.platform.http.versions import etag, expected_version, tagged
from procurement.purchasing.adapters.inbound.listing import list_route
from procurement.purchasing.adapters.inbound.order_commands import ORDER_COMMANDS, OrderCommand
from procurement.purchasing.adapters.inbound.reading import content_of, policy_of, supplier_of
from procurement.purchasing.adapters.inbound.requests import (
    DraftBody,
    PolicyBody,
)
from procurement.purchasing.adapters.inbound.responses import (
    OrderBody,
    PolicyInForce,
)
from procurement.purchasing.adapters.inbound.saying import order_body, policy_body
from procurement.purchasing.app.ports import CreateOrder, Decision, Purchasing
from procurement.purchasing.domain.lifecycle import LIFECYCLE, Command
from procurement.purchasing.domain.order import PurchaseOrder

READERS = only(*(role for role in Role if role is not Role.SYSTEM))

ROLES = {command: transition.roles for command, transition in LIFECYCLE.items()}

POLICY = PolicyWords(
    of="purchasing",
    told="Who must approve how much; version 0 is the default",
    decided="Decide anew; orders under approval keep the tiers they have",
    body=PolicyBody,
    in_force=PolicyInForce,
    reads=policy_of,
    says=policy_body,
)


def routes(purchasing: Purchasing, commands: Commands, cursors: Cursors) -> Router:
    return Router(
        "/v1",
        route_handlers=[
            _create(purchasing, commands),
            list_route(purchasing, cursors, READERS),
            *_read(purchasing),
            *(_on_order(purchasing, commands, command) for command in ORDER_COMMANDS),
            *policy_routes(purchasing, commands, POLICY),
        ],
    )


def _create(purchasing: Purchasing, commands: Commands) -> Any:
    @post(
        "/purchase-orders",
        dto=StrictDTO[DraftBody],
        opt=only(*LIFECYCLE[Command.CREATE].roles),
        tags=["purchase orders"],
        operation_id="createPurchaseOrder",
        summary="Draft an order",
        responses={201: answers(OrderBody, "The draft"), **problems(*COMMAND)},
    )
    async def create(request: HttpRequest, data: JSONBody[DraftBody]) -> Response[bytes]:
        command = CreateOrder(supplier=supplier_of(data), content=content_of(data))

        say = partial(_created, request.user.actor)
        return await commands.run(request, say, lambda act: purchasing.create(act, command))

    return create


def _read(purchasing: Purchasing) -> list[Any]:
    def reading(
        path: str, name: str, summary: str, body: type, who: Mapping[str, Any] = READERS, **more: Any
    ) -> Callable[[Any], Any]:
        return get(
            f"/purchase-orders/{{order_id:str}}{path}",
            opt=who,
            tags=["purchase orders"],
            operation_id=name,
            summary=summary,
            responses={200: answers(body), **more.pop("responses", {}), **problems(404)},
        )

    @reading("", "getPurchaseOrder", "One order", OrderBody, responses={304: answers(None, "You have it")})
    async def one(request: HttpRequest, order_id: FromPath[str]) -> Response[bytes]:
        caller = request.user
        order = await purchasing.get(caller.tenant, caller.actor, _order(order_id))
        return tagged(order_body(order, caller.actor), order.version, request)

    @reading(
        "/history", "getPurchaseOrderHistory", "Who did what, when, in whose name", HistoryListBody, INSIDERS
    )
    async def history(request: HttpRequest, order_id: FromPath[str]) -> Response[bytes]:
        caller = request.user
        entries = await purchasing.history(caller.tenant, caller.actor, _order(order_id))
        return Response(history_body(entries), media_type="application/json")

    @reading(
        "/actions", "getPurchaseOrderActions", "What you may do now, and what forbids the rest", ActionsBody
    )
    async def actions(request: HttpRequest, order_id: FromPath[str]) -> Response[bytes]:
        caller = request.user
        order, found = await purchasing.actions(caller.tenant, caller.actor, _order(order_id))
        return Response(
            actions_body(order.version, order.status, found, ROLES), media_type="application/json"
        )

    return [one, history, actions]


def _on_order(purchasing: Purchasing, commands: Commands, command: OrderCommand) -> Any:
    route = post(
        f"/purchase-orders/{{order_id:str}}/{command.name}",
        status_code=200,
        dto=StrictDTO[command.body] if command.body else None,  # type: ignore[name-defined]
        opt=only(*(LIFECYCLE[command.name].roles - {Role.SYSTEM})),
        tags=["purchase orders"],
        operation_id=f"{command.operation}PurchaseOrder",
        summary=command.summary,
        responses={200: answers(OrderBody, "The order now"), **problems(*COMMAND, 404, 412, 428)},
    )

    async def run(request: HttpRequest, order_id: str, body: Any) -> Response[bytes]:
        decision = Decision(order=_order(order_id), expected_version=expected_version(request))
        do = command.reads(body)

        def carry_out(act: Act) -> Any:
            return do(purchasing, act, decision)

        return await commands.run(request, partial(_changed, request.user.actor), carry_out)

    if command.body is None:

        @route
        async def bare(request: HttpRequest, order_id: FromPath[str]) -> Response[bytes]:
            return await run(request, order_id, None)

        return bare

    @route
    async def with_body(
        request: HttpRequest,
        order_id: FromPath[str],
        data: JSONBody[command.body],  # type: ignore[name-defined]
    ) -> Response[bytes]:
        return await run(request, order_id, data)

    return with_body


def _order(text: str) -> OrderId:
    try:
        return OrderId(parse_id("po", text))
    except MalformedId as error:
        raise NotFound(f"there is no order {text[:64]!r}") from error


def _created(to: Actor, order: PurchaseOrder) -> Said:
    location = f"/v1/purchase-orders/{id_text('po', order.id)}"
    return Said(201, order_body(order, to), {"etag": etag(order.version), "location": location})


def _changed(to: Actor, order: PurchaseOrder) -> Said:
    return Said(200, order_body(order, to), {"etag": etag(order.version)})
