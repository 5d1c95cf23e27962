"""Does reading cost more where there is ten times as much?"""

import random
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import LiteralString

from tests.benchmarks.load import Load
from tests.benchmarks.orders import SUPPLIER, TENANT, Asking, know_the_supplier
from tests.benchmarks.rig import Process, Rig
from tests.benchmarks.suite import Figures, Rounds, Row, Sizes, Suite, at_most
from tests.benchmarks.suite_orders import figures

_ASKED = 200
"""Different orders, and different places to page from."""

ORDERS: LiteralString = """
INSERT INTO purchasing.purchase_orders (
  tenant_id, id, number, supplier_id, requested_by, state, currency, total, line_count, revision, version,
  created_at, updated_at)
SELECT %(tenant)s, lpad(to_hex(n), 32, '0')::uuid, 'PO-2026-' || lpad(n::text, 7, '0'), %(supplier)s,
       'buyer' || n %% 50, (ARRAY['Draft', 'Approved', 'Issued', 'Closed'])[1 + n %% 4], 'EUR',
       92.76, 2, 1, 1, at, at
FROM generate_series(1, %(count)s) n,
     LATERAL (SELECT timestamptz '2026-11-01' - n * (interval '365 days' / %(count)s) AS at) made
"""

LINES: LiteralString = """
INSERT INTO purchasing.purchase_order_lines (
  tenant_id, order_id, revision, number, name, sku, quantity, unit, price, base_quantity, total)
SELECT o.tenant_id, o.id, 1, l, 'Hex bolt M' || l, 'BOLT-M' || l, 12, 'XPP', 386.5275, 100, 46.38
FROM purchasing.purchase_orders o, generate_series(1, 2) l
"""


def fill(rig: Rig, database: str, count: int) -> None:
    know_the_supplier(database)
    with rig.admin(database) as admin:
        admin.execute(ORDERS, {"tenant": TENANT, "supplier": SUPPLIER, "count": count})
        admin.execute(LINES)
        admin.execute("VACUUM ANALYZE")
        admin.execute("CHECKPOINT")


@contextmanager
def suite(rig: Rig, sizes: Sizes) -> Generator[Suite]:
    asking = Asking.by(rig.issuer)
    with ExitStack() as stack:

        def filled(count: int) -> Process:
            database = stack.enter_context(rig.templates.database())
            fill(rig, database, count)
            return stack.enter_context(rig.process("api", database))

        few, many = filled(sizes.few), filled(sizes.many)

        def loaded(api: Process, requests: Sequence[str]) -> Figures:
            watch = {"server": api.pid, "postgres": rig.postgres.pid}
            return figures(
                rig.load(Load(port=api.port, requests=requests, watch=watch, seconds=sizes.window))
            )

        yield Suite(
            "reads",
            {
                "page, few": lambda: loaded(few, _pages(asking)),
                "page, many": lambda: loaded(many, _pages(asking)),
                "one, few": lambda: loaded(few, _ones(asking, sizes.few)),
                "one, many": lambda: loaded(many, _ones(asking, sizes.many)),
            },
            lambda rounds: rows(rounds, sizes),
        )


def _pages(asking: Asking) -> list[str]:
    """Fifty orders from any day of the year on, half of them of one state only."""
    return [asking.get(f"/v1/purchase-orders?page_size=50&{_from_any_day()}{more}") for more in _MORE]


_MORE = ("", "&status=Issued") * (_ASKED // 2)


def _from_any_day() -> str:
    return f"sort=created_at&created_from=2026-{random.randint(1, 9):02}-{random.randint(1, 28):02}T00:00:00Z"


def _ones(asking: Asking, count: int) -> list[str]:
    numbers = random.sample(range(1, count + 1), _ASKED)
    return [asking.get(f"/v1/purchase-orders/po_00000000-0000-0000-0000-{n:012x}") for n in numbers]


def rows(rounds: Rounds, sizes: Sizes) -> Sequence[Row]:
    compared = f"{sizes.many:,} ÷ {sizes.few:,} orders"

    def slower(what: str) -> Row:
        speed = rounds.ratio((f"{what}, few", "per_second"), (f"{what}, many", "per_second"))
        return at_most(f"{_NAMES[what]}, time with {compared}", speed, 1.15)

    def dearer(what: str) -> Row:
        cost = rounds.ratio((f"{what}, many", "postgres"), (f"{what}, few", "postgres"))
        return Row(f"{_NAMES[what]}, Postgres CPU with {compared}", cost)

    return [slower("page"), dearer("page"), slower("one"), dearer("one"), *_absolutes(rounds)]


_NAMES = {"page": "page of 50", "one": "read of one"}


def _absolutes(rounds: Rounds) -> list[Row]:
    return [
        Row(f"{name}: {text}", rounds.spread(f"{what}, many", figure), ",.0f")
        for what, name in _NAMES.items()
        for figure, text in (
            ("per_second", "per second"),
            ("server", "server CPU, µs"),
            ("postgres", "Postgres CPU, µs"),
        )
    ]
