"""An export says every figure of the file, or the difference is told."""

from pathlib import Path

import pytest

from procurement.entrypoints.demo.command import OWN_DOCUMENTS
from procurement.entrypoints.demo.exported import differences, figures
from procurement.invoicing.adapters.inbound import ubl
from procurement.invoicing.adapters.outbound.ubl import write
from tests.unit.demo.documents import LINE, changed, document

PRICE = "/InvoiceLine[1]/Price[1]/PriceAmount[1]"


def test_every_figure_is_found_with_its_unit_where_it_stands() -> None:
    found = figures(document(lines=LINE + LINE))
    assert found[PRICE] == "386.520000000 EUR"
    assert found["/InvoiceLine[2]/InvoicedQuantity[1]"] == "31 DAY"
    assert len(found) == 4 + 2 * 4


@pytest.mark.parametrize("path", sorted(OWN_DOCUMENTS.glob("*.xml")), ids=lambda path: path.stem)
def test_our_own_documents_come_out_as_they_came_in(path: Path) -> None:
    content = path.read_bytes()
    found, compared = differences(content, write(ubl.read(content)))
    assert (found, compared) == ([], len(figures(content)))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("386.520000000", "386.52", f"export: {PRICE} is 386.52 EUR, the file says 386.520000000 EUR"),
        (
            'PriceAmount currencyID="EUR"',
            'PriceAmount currencyID="USD"',
            f"export: {PRICE} is 386.520000000 USD",
        ),
        ('<cbc:BaseQuantity unitCode="DAY">366</cbc:BaseQuantity>', "", "is None, the file says 366 DAY"),
        ("<cbc:Name>Metering</cbc:Name>", "<cbc:Name>metering</cbc:Name>", "it reads otherwise"),
    ],
)
def test_what_comes_out_otherwise_is_told(old: str, new: str, told: str) -> None:
    (found,), _ = differences(document(), changed(old, new))
    assert told in found


def test_a_figure_that_was_not_stated_is_told() -> None:
    without = changed('<cbc:BaseQuantity unitCode="DAY">366</cbc:BaseQuantity>', "")
    (found,), _ = differences(without, document())
    assert found.endswith("is 366 DAY, the file says None")
