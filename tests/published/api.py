"""docs/api.md: what can be called and by whom, and every code that an error can have."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from inspect import cleandoc
from typing import Any, cast

from procurement.invoicing.adapters.inbound.http import routes as invoicing_routes
from procurement.invoicing.adapters.inbound.intake import UNREADABLE
from procurement.kernel.errors import NotYet, Refusal
from procurement.platform.http.catalogue import KINDS
from procurement.platform.http.commands import Commands
from procurement.platform.http.faults import _CONCERNS, _REFUSALS
from procurement.platform.http.openapi import About, document
from procurement.platform.http.paging import Cursors
from procurement.purchasing.adapters.inbound.http import routes as purchasing_routes
from procurement.receiving.adapters.inbound.http import routes as receiving_routes
from procurement.supplier.adapters.inbound.http import routes as supplier_routes
from tests.published.codes import codes_of, refusals
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
            "not-yet": _not_yet(),
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
    rows += {kind.code: (f"`{kind.code}`", _status(kind), _told(kind)) for kind in refusals(Refusal)}.values()
    return table("code | status | what to do", sorted(rows, key=_by_status))


def _not_yet() -> str:
    """What is answered with Retry-After, by whom."""
    rows = [
        (f"`{kind.code}`", kind.__module__.split(".")[1], cleandoc(kind.__doc__ or ""))
        for kind in refusals(NotYet)
    ]
    return table("code | said by | why", rows)


def _status(kind: type[Refusal]) -> str:
    return str(next(status for known, status in _REFUSALS if issubclass(kind, known)))


def _told(kind: type[Refusal]) -> str:
    more = " Repeat it after `Retry-After`." if issubclass(kind, NotYet) else ""
    return cleandoc(kind.__doc__ or "") + more


def _by_status(row: tuple[str, ...]) -> str:
    return row[1]


def _blockers(context: str) -> str:
    status: Callable[[Any], str] = lambda concern: str(_CONCERNS[concern][0])  # noqa: E731
    rows = [
        (f"`{each.code}`", each.concern.value, status(each.concern), each.detail)
        for each in codes_of(context)
    ]
    return table("code | concern | status when it comes first | detail", rows)
