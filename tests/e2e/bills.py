"""What the supplier of the office's orders sends: documents that break no rule of EN 16931."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import uuid4

from tests.e2e.office import LINE, Office, until

CENT = Decimal("0.01")


def a_bill(quantity: str, price: str = LINE["price"]["amount"], **more: Any) -> dict[str, Any]:
    net = (Decimal(quantity) * Decimal(price)).quantize(CENT, ROUND_HALF_UP)
    vat = (net * Decimal("0.19")).quantize(CENT, ROUND_HALF_UP)
    tax = {"category": "S", "rate": "19"}
    line = {
        "id": "1",
        "quantity": quantity,
        "unit": LINE["quantity"]["unit"],
        "net": str(net),
        "item": {"name": LINE["name"], "tax": tax},
        "price": {"amount": price},
    }
    return {
        "kind": "invoice",
        "type_code": "380",
        "number": f"RE-{uuid4().hex[:12]}",
        "issued": "2026-11-20",
        "due": "2026-12-20",
        "currency": "EUR",
        "customization": "urn:cen.eu:en16931:2017",
        "seller": {
            "name": "Muster Papier GmbH",
            "vat_id": "DE136695976",
            "address": {"country": "DE", "city": "Kiel", "post_code": "24103"},
        },
        "buyer": {"name": "Kontor AG", "address": {"country": "DE"}},
        "lines": [line],
        "breakdown": [{"taxable": str(net), "amount": str(vat), "tax": tax}],
        "totals": {
            "lines": str(net),
            "without_vat": str(net),
            "vat": str(vat),
            "with_vat": str(net + vat),
            "due": str(net + vat),
        },
        **more,
    }


def a_credit_note(invoice: dict[str, Any], quantity: str, price: str = LINE["price"]["amount"]) -> Any:
    return a_bill(
        quantity, price, kind="credit-note", type_code="381", preceding=[{"number": invoice["number"]}]
    )


async def enters(office: Office, bill: Any, order: str, **asked: str) -> str:
    """The clerk enters what came in; once invoicing has heard of the order."""
    path = "&".join(
        [f"/invoices?order_id={order.rpartition('/')[2]}", *(f"{k}={v}" for k, v in asked.items())]
    )
    answer = await until(
        lambda: office.ask("clara", "POST", path, bill),
        lambda answer: answer.json().get("code") != "order-unknown",
    )
    assert answer.status_code == 201, answer.text
    return f"/invoices/{answer.json()['id']}"


async def invoice_as(office: Office, invoice: str, status: str, *reasons: str) -> Any:
    """Once it is that far, with open exceptions for these reasons."""

    def told(found: Any) -> tuple[str, list[str]]:
        return found["status"], [each["reason"] for each in found["exceptions"] if each["open"]]

    found = await until(lambda: office.read(invoice), lambda found: told(found) == (status, [*reasons]))
    assert told(found) == (status, [*reasons]), found
    return found
