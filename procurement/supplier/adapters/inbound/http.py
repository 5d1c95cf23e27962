"""Suppliers over HTTP: parse, call the in-port, say the result. Failures are mapped in platform.http."""

from collections.abc import Callable
from typing import Annotated, Any

from litestar import Response, Router, get, post
from litestar.params import JSONBody, PathParameter

from procurement.kernel.act import Act
from procurement.kernel.errors import NotFound
from procurement.kernel.ids import MalformedId, SupplierId, id_text, parse_id
from procurement.platform.http.commands import Commands, HttpRequest, Said
from procurement.platform.http.decoding import StrictDTO
from procurement.platform.http.examples import examples_beside
from procurement.platform.http.paging import Cursors
from procurement.platform.http.replies import Reply
from procurement.platform.http.responses import COMMAND, answers, problems
from procurement.platform.http.routing import INSIDERS, only
from procurement.platform.http.telling import ActionsBody, HistoryListBody, actions_body, history_body
from procurement.platform.http.versions import etag, expected_version, tagged
from procurement.supplier.adapters.inbound.listing import list_route
from procurement.supplier.adapters.inbound.refusals import REFUSALS
from procurement.supplier.adapters.inbound.requests import DeclarationBody, declaration_of
from procurement.supplier.adapters.inbound.responses import (
    WarnedBody,
    encode,
    supplier_body,
    warned_body,
)
from procurement.supplier.adapters.inbound.supplier_commands import SUPPLIER_COMMANDS, SupplierCommand
from procurement.supplier.app.ports import Decision, SupplierMaster, Warned
from procurement.supplier.domain.lifecycle import LIFECYCLE, Command
from procurement.supplier.domain.supplier import Supplier

SupplierInPath = Annotated[str, PathParameter(description="The supplier's id: `sup_` and a UUID.")]

NOT_MODIFIED = answers(None, "You have it")

ROLES = {command: transition.roles for command, transition in LIFECYCLE.items()}


def routes(master: SupplierMaster, commands: Commands, cursors: Cursors) -> Router:
    return Router(
        "/v1",
        opt=examples_beside(__file__),
        route_handlers=[
            _register(master, commands),
            list_route(master, cursors, INSIDERS),
            *_read(master),
            *(_on_supplier(master, commands, command) for command in SUPPLIER_COMMANDS),
        ],
    )


def _register(master: SupplierMaster, commands: Commands) -> Any:
    @post(
        "/suppliers",
        dto=StrictDTO[DeclarationBody],
        opt=only(*LIFECYCLE[Command.REGISTER].roles),
        tags=["suppliers"],
        operation_id="registerSupplier",
        summary="Declare a supplier, to be approved by somebody else",
        responses={
            201: answers(WarnedBody, "The supplier"),
            **problems(*COMMAND, also=REFUSALS[Command.REGISTER]),
        },
    )
    async def register(request: HttpRequest, data: JSONBody[DeclarationBody]) -> Response[bytes]:
        declared = declaration_of(data)
        return await commands.run(request, _registered, lambda act: master.register(act, declared))

    return register


def _read(master: SupplierMaster) -> list[Any]:
    def reading(path: str, name: str, summary: str, body: type, *also: int) -> Callable[[Any], Any]:
        return get(
            f"/suppliers/{{supplier_id:str}}{path}",
            opt=INSIDERS,
            tags=["suppliers"],
            operation_id=name,
            summary=summary,
            responses={200: answers(body), **dict.fromkeys(also, NOT_MODIFIED), **problems(404)},
        )

    @reading("", "getSupplier", "One supplier, and what to look at before he is approved", WarnedBody, 304)
    async def one(request: HttpRequest, supplier_id: SupplierInPath) -> Response[bytes]:
        """A warning comes with what others declare, and the version stays: so 304 is for who misses none."""
        found = await master.get(request.user.tenant, _id(supplier_id))
        body, version = encode(warned_body(found)), found.supplier.version
        if found.shared:
            return Reply(body, headers={"etag": etag(version)})
        return tagged(body, version, request)

    @reading("/history", "getSupplierHistory", "Who did what, when, in whose name", HistoryListBody)
    async def history(request: HttpRequest, supplier_id: SupplierInPath) -> Response[bytes]:
        entries = await master.history(request.user.tenant, _id(supplier_id))
        return Response(history_body(entries), media_type="application/json")

    @reading("/actions", "getSupplierActions", "What you may do now, and what forbids the rest", ActionsBody)
    async def actions(request: HttpRequest, supplier_id: SupplierInPath) -> Response[bytes]:
        caller = request.user
        supplier, found = await master.actions(caller.tenant, caller.actor, _id(supplier_id))
        return Response(
            actions_body(supplier.version, supplier.state, found, ROLES), media_type="application/json"
        )

    return [one, history, actions]


def _on_supplier(master: SupplierMaster, commands: Commands, command: SupplierCommand) -> Any:
    @post(
        f"/suppliers/{{supplier_id:str}}/{command.name}",
        status_code=200,
        dto=StrictDTO[command.body],  # type: ignore[name-defined]
        opt=only(*LIFECYCLE[command.name].roles),
        tags=["suppliers"],
        operation_id=command.operation,
        summary=command.summary,
        responses={
            200: answers(command.answer, "The supplier now"),
            **problems(*COMMAND, 404, 412, 428, also=REFUSALS[command.name]),
        },
    )
    async def run(
        request: HttpRequest,
        supplier_id: SupplierInPath,
        data: JSONBody[command.body],  # type: ignore[name-defined]
    ) -> Response[bytes]:
        decision = Decision(supplier=_id(supplier_id), expected_version=expected_version(request))
        do = command.reads(data)

        def carry_out(act: Act) -> Any:
            return do(master, act, decision)

        return await commands.run(request, _changed, carry_out)

    return run


def _id(text: str) -> SupplierId:
    try:
        return SupplierId(parse_id("sup", text))
    except MalformedId as error:
        raise NotFound(f"there is no supplier {text[:64]!r}") from error


def _registered(result: Warned) -> Said:
    changed = _changed(result)
    location = f"/v1/suppliers/{id_text('sup', result.supplier.id)}"
    return Said(201, changed.body, {**changed.headers, "location": location})


def _changed(result: Supplier | Warned) -> Said:
    if isinstance(result, Warned):
        supplier, body = result.supplier, encode(warned_body(result))
    else:
        supplier, body = result, encode(supplier_body(result))
    return Said(200, body, {"etag": etag(supplier.version)})
