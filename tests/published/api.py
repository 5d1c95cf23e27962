"""docs/api.md: what can be called and by whom, and every code that an error can have."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

from procurement.invoicing.adapters.inbound.explaining import NotMatchedYet
from procurement.invoicing.adapters.inbound.http import routes as invoicing_routes
from procurement.invoicing.adapters.inbound.intake import UNREADABLE
from procurement.platform.http.catalogue import KINDS
from procurement.platform.http.commands import Commands
from procurement.platform.http.faults import _CONCERNS
from procurement.platform.http.openapi import About, document
from procurement.platform.http.paging import Cursors
from procurement.purchasing.adapters.inbound.http import routes as purchasing_routes
from procurement.purchasing.domain.standing import SupplierUnknown
from procurement.receiving.adapters.inbound.http import routes as receiving_routes
from procurement.receiving.domain.expectation import OrderUnknown
from procurement.supplier.adapters.inbound.http import routes as supplier_routes
from tests.published.codes import codes_of
from tests.published.marks import filled, table

EVERYBODY = 11
"""Roles that a token can carry; a list of all but one says more by naming that one."""


def pages() -> Iterator[tuple[str, str]]:
    operations = list(_operations())
    yield filled(
        "api.md",
        {
            **{_mark(tag): _routes(operations, tag) for tag in dict.fromkeys(tag for tag, *_ in operations)},
            "problems": _problems(),
            "order-blockers": _blockers("purchasing"),
            "receipt-blockers": _blockers("receiving"),
            "invoice-blockers": _blockers("invoicing"),
            "supplier-blockers": _blockers("supplier"),
        },
    )


def _mark(tag: str) -> str:
    return f"{tag.replace(' ', '-')}-routes"


def described() -> dict[str, Any]:
    """The OpenAPI document of all contexts."""
    nobody = cast("Any", None)  # routes are described, not called
    commands, cursors = Commands(nobody, _never), Cursors(bytes(32), _never)
    routers = [
        purchasing_routes(nobody, commands, cursors),
        receiving_routes(nobody, commands, cursors),
        invoicing_routes(nobody, commands, cursors, nobody),
        supplier_routes(nobody, commands, cursors),
    ]
    return document(routers, About("Procurement", "0"))


def _operations() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            yield operation["tags"][0], method.upper(), path, operation


def _never() -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC)


def _routes(operations: list[tuple[str, str, str, dict[str, Any]]], tag: str) -> str:
    rows = [
        (f"`{method} {path}`", operation["summary"], _roles(operation["x-roles"]))
        for of, method, path, operation in operations
        if of == tag
    ]
    return table("call | what it does | roles", rows)


def _roles(names: list[str]) -> str:
    if len(names) == EVERYBODY:
        return "every role"
    return (
        "every role but supplier"
        if len(names) == EVERYBODY - 1 and "supplier" not in names
        else ", ".join(names)
    )


def _problems() -> str:
    rows = [(f"`{kind.code}`", str(kind.status), kind.meaning) for kind in (*KINDS, UNREADABLE)]
    unknown = "Purchasing has not heard of this supplier (yet): check the id, or repeat after `Retry-After`."
    rows.append((f"`{SupplierUnknown.code}`", "409", unknown))
    unheard = (
        "Receiving, or invoicing, has not heard of this order (yet): check the id, or repeat after"
        " `Retry-After`."
    )
    rows.append((f"`{OrderUnknown.code}`", "409", unheard))
    unmatched = "The match of this invoice follows by itself: ask again shortly."
    rows.append((f"`{NotMatchedYet.code}`", "404", unmatched))
    return table("code | status | what to do", sorted(rows, key=_by_status))


def _by_status(row: tuple[str, ...]) -> str:
    return row[1]


def _blockers(context: str) -> str:
    status: Callable[[Any], str] = lambda concern: str(_CONCERNS[concern][0])  # noqa: E731
    rows = [
        (f"`{each.code}`", each.concern.value, status(each.concern), each.detail)
        for each in codes_of(context)
    ]
    return table("code | concern | status when it comes first | detail", rows)
