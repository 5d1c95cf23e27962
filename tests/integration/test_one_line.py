"""What happens to one line of an order is written down for that line, however many others it has."""

from urllib.parse import urlsplit

import psycopg
import pytest

from tests import servers
from tests.integration.village import a_village, written_for_one_line

pytestmark = pytest.mark.anyio


async def test_a_receipt_for_one_of_1000_lines_writes_what_one_for_one_of_5_does(
    postgres_server: servers.Postgres, postgres_url: str
) -> None:
    """In every context, once all lines have come in part."""
    admin_url = urlsplit(postgres_server.admin_url)._replace(path=urlsplit(postgres_url).path).geturl()
    async with a_village(postgres_url) as village:
        with psycopg.connect(admin_url, autocommit=True) as admin:
            of_five = await written_for_one_line(village, admin, await village.orders(5))
            of_a_thousand = await written_for_one_line(village, admin, await village.orders(1000))
    assert of_a_thousand.rows == of_five.rows
    of_contexts = {table: rows for table, rows in of_five.rows.items() if not table.startswith("platform.")}
    assert of_contexts == {
        "receiving.goods_receipts": 1,
        "receiving.goods_receipt_lines": 1,
        "receiving.line_totals": 1,
        "receiving.expected_orders": 1,
        "purchasing.order_receipts": 1,
        "purchasing.purchase_orders": 1,
        "invoicing.receipts": 1,
        "invoicing.orders": 1,
    }
