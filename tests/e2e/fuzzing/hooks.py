"""Loaded by schemathesis: what it cannot read off the document."""

import os
import re
from collections import defaultdict
from typing import Any
from uuid import uuid4
from zlib import crc32

import schemathesis
from schemathesis import GenerationMode

KEY = re.compile(r'"[!#-~]{1,255}"|[!#-~][!-~]{0,254}')
SUPPLIERS = dict(pair.split("=") for pair in os.environ["SUPPLIERS"].split(","))
"""An approved one of every tenant, by the identity that is a member of it."""

_made: dict[tuple[str, str], list[str]] = defaultdict(list)
"""Ids by identity and name of the path parameter, the latest last."""
_versions: dict[str, str] = {}
"""The last ETag of each id."""


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: Any, kwargs: Any) -> None:
    """Every command has a name of its own, unless the case is about a name that is missing or malformed.
    Of the valid ones, most are made to mean something: chance finds no order, no version and no unit."""
    sent = (case.headers or {}).get("Idempotency-Key")
    if isinstance(sent, str) and KEY.fullmatch(sent):
        case.headers["Idempotency-Key"] = str(uuid4())
    if case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE:
        dice = crc32(repr((case.body, case.path_parameters)).encode())
        if dice % 4:
            _address(case, dice // 4)
            _make_sense(case)


@schemathesis.hook
def after_call(context: schemathesis.HookContext, case: Any, response: Any) -> None:
    if response.status_code in {200, 201} and "etag" in response.headers:
        name = response.json().get("id", "policy")
        _versions[name] = response.headers["etag"][0]
        if response.status_code == 201:
            kind = "order_id" if name.startswith("po_") else "supplier_id"
            _made[case.auth_identity or "", kind].append(name)


def _address(case: Any, dice: int) -> None:
    """One of the latest of one's own, in the version that it has."""
    name = "policy"
    for parameter in case.path_parameters or {}:
        own = _made[case.auth_identity or "", parameter][-5:]
        if own:
            name = case.path_parameters[parameter] = own[dice % len(own)]
    if case.headers and "If-Match" in case.headers:
        case.headers["If-Match"] = _versions.get(name, '"1"')


def _make_sense(case: Any) -> None:
    body = case.body
    if not isinstance(body, dict) or "lines" not in body or "currency" not in body:
        return
    body["currency"] = "EUR"
    for line in body["lines"]:
        line["price"] = {"amount": line["price"]["amount"], "currency": "EUR"}
        line["quantity"] = {"value": "2", "unit": "C62"}
        line.pop("gtin", None)
    if "supplier_id" in body:
        body["supplier_id"] = SUPPLIERS.get(case.auth_identity or "", body["supplier_id"])
