"""People at work, so that every operation of the API is asked once with success."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import httpx

from procurement.invoicing.domain.document import Kind
from procurement.platform.http.tokens import LocalIssuer
from tests.unit.invoicing.desk import DOCUMENT, ORDER, PO, Desk, an_order
from tests.unit.invoicing.test_http_lists import a_summary
from tests.unit.purchasing.shop import LINE, Shop
from tests.unit.receiving.builders import TENANT, an_ordered_line, news
from tests.unit.receiving.dock import Dock
from tests.unit.supplier.office import DECLARATION, Office, an_app

Listen = Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]

CONTENT: Mapping[str, Any] = {
    "currency": "EUR",
    "lines": [{**LINE, "need_by": "2027-01-15", "over_receipt": {"percentage": "5"}}],
    "note": "Deliver to gate 3.",
    "buyer_reference": "CC-4711",
}
PURCHASING_POLICY = {
    "base_currency": "EUR",
    "tiers": [{"up_to": "1000.00", "levels": ["L1"]}, {"levels": ["L1", "L2"]}],
    "rates": {"USD": "0.92"},
    "issuers": ["buyer", "finance"],
}

SUMMARY = replace(
    a_summary("292.74"),
    kind=Kind.INVOICE,
    number=DOCUMENT["number"],
    order=ORDER,
    order_number=DOCUMENT["order_number"],
    open_exceptions=1,
    finding_count=0,
)


async def suppliers(issuer: LocalIssuer, listen: Listen) -> None:
    transport = listen(httpx.ASGITransport(an_app(issuer)))
    async with httpx.AsyncClient(transport=transport, base_url="http://suppliers.test") as client:
        office = Office(issuer, client)
        supplier = await office.registered()
        hold = {"scope": "payments", "reason": "Bank account under question", "releaser": "treasurer"}
        for seen, (who, command, body) in enumerate(
            (
                ("adele", "revise", DECLARATION),
                ("rita", "approve", {"risk_score": "0.82"}),
                ("rita", "place-hold", {**hold, "until": "2026-12-31"}),
            ),
            start=1,
        ):
            await office.ask(who, "POST", f"/{supplier}/{command}", body, if_match=f'"{seen}"')
        for path in ("", f"/{supplier}", f"/{supplier}/history", f"/{supplier}/actions"):
            await office.ask("rita", "GET", path)
        for seen, (who, command, body) in enumerate(
            (
                ("tom/treasurer", "release-hold", {"scope": "payments", "reason": "The bank confirmed it"}),
                ("rita", "suspend", {"reason": "Certificate under question"}),
                ("rita", "reinstate", {"reason": "Certificate is genuine"}),
                ("rita", "blacklist", {"reason": "Invoices for goods that never were"}),
            ),
            start=4,
        ):
            await office.ask(who, "POST", f"/{supplier}/{command}", body, if_match=f'"{seen}"')


async def purchasing(issuer: LocalIssuer, listen: Listen) -> None:
    shop = Shop(issuer)
    shop.empty()
    shop.transport = listen(shop.transport)  # type: ignore[assignment]
    bea, ann, fin, tia = (shop.of(person) for person in ("bea", "ann", "fin", "tia"))
    proposal = {"line": 1, "deliver_by": "2027-01-20", "note": "Five days later."}
    order = await bea.drafts(**CONTENT)
    await bea.sends(f"{order}/revise", CONTENT, seen=1)
    await bea.sends(f"{order}/submit", seen=2)
    await ann.sends(f"{order}/approve", {"reason": "Within the budget"}, seen=3)
    await fin.sends(f"{order}/issue", seen=4)
    await bea.sends(f"{order}/acknowledge", {"proposals": [proposal]}, seen=5)
    for path in ("/purchase-orders", order, f"{order}/history", f"{order}/actions"):
        await bea.gets(path)
    await bea.sends(f"{order}/dispute", {"reason": "Delivered to the wrong gate"}, seen=6)
    await bea.sends(f"{order}/resolve", {"outcome": "resume", "reason": "They moved it"}, seen=7)
    some = {"reason": "Two are enough", "lines": [{"line": 1, "quantity": "1"}]}
    await bea.sends(f"{order}/close-short", some, seen=8)
    other = await bea.drafts()
    await bea.sends(f"{other}/submit", seen=1)
    await ann.sends(f"{other}/reject", {"reason": "Too dear"}, seen=2)
    await bea.sends(f"{other}/cancel", {"reason": "No longer needed"}, seen=3)
    await tia.sends("/purchasing-policy", PURCHASING_POLICY, seen=0, method="PUT")
    await tia.gets("/purchasing-policy")


async def receiving(issuer: LocalIssuer, listen: Listen) -> None:
    dock = Dock(issuer)
    await dock.expectations.note(TENANT, news(lines=(an_ordered_line(),)))
    dock.transport = listen(dock.transport)  # type: ignore[assignment]
    will, wendy, ben, tia = (dock.of(person) for person in ("will", "wendy", "ben", "tia"))

    async def opened(note: str, received: str) -> str:
        line = {"line": 1, "received": received, "advised": received}
        body = {"order_id": f"po_{news().order}", "delivery_note": note, "lines": [line]}
        return f"/goods-receipts/{(await will.sends('/goods-receipts', body)).json()['id']}"

    torn = {"line": 1, "rejected": "2.5", "reason": "Torn"}
    receipt = await opened("DN-4711", "60")
    await wendy.sends(f"{receipt}/verify", {"lines": [torn]}, seen=1)
    await ben.sends(f"{receipt}/assign", {"discrepancy": 1, "owner": "ben"}, seen=2)
    for path in ("/goods-receipts", receipt, f"{receipt}/history", f"{receipt}/actions"):
        await ben.gets(path)
    await ben.gets(f"/expected-orders/po_{news().order}")
    await ben.sends(f"{receipt}/resolve", {"reason": "Keep the rest"}, seen=3)
    rusty = {"reason": "Rust", "lines": [{"line": 1, "quantity": "7.5"}]}
    await will.sends(f"{receipt}/return", rusty, seen=4)
    await will.sends(f"{receipt}/reverse", {"reason": "Miscount"}, seen=5)
    other = await opened("DN-4712", "5")
    await wendy.sends(f"{other}/verify", {"lines": [torn]}, seen=1)
    await ben.sends(f"{other}/reject", {"reason": "Not what was ordered"}, seen=2)
    tolerances = {"over": {"percentage": "2", "cap": "10"}, "under": {"percentage": "1"}}
    await tia.sends("/receiving-policy", tolerances, seen=0, method="PUT")
    await tia.gets("/receiving-policy")


async def invoicing(issuer: LocalIssuer, listen: Listen) -> None:
    desk = Desk(issuer)
    desk.clerk.order, desk.clerk.summaries = an_order(price="4.00"), [SUMMARY]
    desk.transport = listen(desk.transport)  # type: ignore[assignment]
    cleo, fay, tia = (desk.of(person) for person in ("cleo", "fay", "tia"))
    invoice = await cleo.registers()
    await desk.matches(invoice)
    await cleo.sends(f"{invoice}/assign", {"exception": 1, "owner": "fay"}, seen=2)
    for path in ("/invoices", invoice, *(f"{invoice}/{of}" for of in ("match", "history", "actions"))):
        await fay.gets(path)
    await fay.gets(f"{invoice}/original")
    meant = {"reason": "Line 1 is meant", "order_id": PO, "lines": [{"line": "1", "order_line": 1}]}
    await cleo.sends(f"{invoice}/resubmit", meant, seen=3)
    await desk.matches(invoice)
    await fay.sends(f"{invoice}/release", {"exception": 1, "reason": "Agreed by telephone"}, seen=5)
    await cleo.sends(f"{invoice}/cancel", {"reason": "Scanned twice"}, seen=6)
    other = await cleo.registers(number="RE-2026/4712")
    await cleo.sends(f"{other}/reject", {"reason": "Not ordered from you"}, seen=1)
    limits = {
        "price": {"percentage": "2", "cap": "50"},
        "quantity": {"percentage": "0"},
        "three_way": True,
        "days_to_match": 30,
    }
    await tia.sends("/invoicing-policy", limits, seen=0, method="PUT")
    await tia.gets("/invoicing-policy")
