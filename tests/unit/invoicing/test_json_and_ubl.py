"""JSON takes what UBL can say, and no more: what comes in as the one goes out as the other."""

from typing import Any

import msgspec
import pytest

from procurement.invoicing.adapters.inbound.documents import InvoiceDocumentBody
from procurement.invoicing.adapters.inbound.intake import _from_json as from_json
from procurement.invoicing.adapters.inbound.ubl import Unreadable, read
from procurement.invoicing.adapters.outbound.ubl import write
from procurement.invoicing.domain.document import Document
from procurement.platform.http.problems import Problem
from tests.unit.invoicing.desk import DOCUMENT

LINE = DOCUMENT["lines"][0]
UBL = write(msgspec.convert(msgspec.convert(DOCUMENT, InvoiceDocumentBody), Document, from_attributes=True))

NUMBERS = {
    **dict.fromkeys(("4.10", "-4.10", "0", "0.01110515964", "0.000000000001", "-0.123456789012"), True),
    **dict.fromkeys(("0.0000000000010", "9" * 15, "1." + "0" * 38, "0.5" + "0" * 37), True),
    **dict.fromkeys(("0.0000000000001", "0.1234567890123", "9" * 16, "1." + "0" * 39, "4,10", "1e2"), False),
    **dict.fromkeys(("", "NaN", "1." + "0" * 12 + "1"), False),
}


def json(**changes: Any) -> Document:
    return from_json(msgspec.json.encode({**DOCUMENT, **changes}))


def taken(reading: Any, *refusals: type[Exception]) -> bool:
    try:
        reading()
    except refusals:
        return False
    return True


@pytest.mark.parametrize(("number", "good"), NUMBERS.items())
def test_a_price_is_as_fine_in_json_as_in_ubl(number: str, good: bool) -> None:
    ubl = UBL.replace(b">4.10</cbc:PriceAmount>", f">{number}</cbc:PriceAmount>".encode())
    assert ubl != UBL or number == "4.10"
    assert taken(lambda: read(ubl), Unreadable) is good
    assert taken(lambda: json(lines=[{**LINE, "price": {"amount": number}}]), Problem) is good
    if good:
        assert f"{json(lines=[{**LINE, 'price': {'amount': number}}]).lines[0].price.amount:f}" == number


@pytest.mark.parametrize("number", [".5", "-.5", "." + "0" * 37, "-." + "0" * 37])
def test_what_ubl_writes_shorter_can_be_said_in_json(number: str) -> None:
    """The API tells it in the shape that it takes."""
    ubl = UBL.replace(b">4.10</cbc:PriceAmount>", f">{number}</cbc:PriceAmount>".encode())
    said = f"{read(ubl).lines[0].price.amount:f}"
    assert json(lines=[{**LINE, "price": {"amount": said}}]).lines[0].price == read(ubl).lines[0].price


def test_no_number_of_ubl_is_longer_than_json_can_say() -> None:
    for number in ("." + "0" * 38, "-." + "0" * 38):
        with pytest.raises(Unreadable, match="is no number"):
            read(UBL.replace(b">4.10</cbc:PriceAmount>", f">{number}</cbc:PriceAmount>".encode()))
