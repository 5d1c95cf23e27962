"""Creating and reading orders over HTTP, against what Postgres and Litestar could do at most."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from procurement.platform.embedded.place import any_port
from tests.benchmarks.load import Load, Loaded
from tests.benchmarks.orders import Asking, created, know_the_supplier
from tests.benchmarks.pgbench import Limit
from tests.benchmarks.rig import Rig, running, wait_for
from tests.benchmarks.suite import Figures, Rounds, Row, Sizes, Spread, Suite, at_least, at_most

MANY_LINES = 500


def figures(loaded: Loaded) -> Figures:
    return {
        "per_second": loaded.per_second,
        "p50_ms": loaded.p50,
        "p99_ms": loaded.p99,
        "p99_to_p50": loaded.p99 / loaded.p50,
        **loaded.cpu,
    }


@contextmanager
def suite(rig: Rig, sizes: Sizes) -> Generator[Suite]:
    port, asking = any_port(), Asking.by(rig.issuer)
    with (
        rig.templates.database() as database,
        running(["tests.benchmarks.hello", str(port)], {}, rig.folder / "hello.log") as hello,
        rig.process("api", database) as api,
        rig.process("api", database) as left,
        rig.process("api", database, listen=left.port) as right,
    ):
        know_the_supplier(database)
        wait_for(f"http://127.0.0.1:{port}/")
        order = rig.ask(api, asking.create())
        limits = {lines: Limit(database, rig.folder, lines) for lines in (5, MANY_LINES)}

        def ours(request: str) -> Figures:
            watch = {"server": api.pid, "postgres": rig.postgres.pid}
            return figures(
                rig.load(Load(port=api.port, requests=[request], watch=watch, seconds=sizes.window))
            )

        def together() -> Figures:
            watch = {"left": left.pid, "right": right.pid, "postgres": rig.postgres.pid}
            request = asking.create()
            return figures(
                rig.load(Load(port=left.port, requests=[request], watch=watch, seconds=sizes.window))
            )

        def bare() -> Figures:
            load = Load(
                port=port, requests=[asking.get("/")], watch={"server": hello}, seconds=sizes.window / 2
            )
            return figures(rig.load(load))

        yield Suite(
            "orders",
            {
                "POST": lambda: ours(asking.create()),
                "POST to two": together,
                "POST of 500 lines": lambda: ours(asking.create(MANY_LINES)),
                "GET": lambda: ours(asking.get(order)),
                "hello": bare,
                "pgbench": lambda: limits[5].run(sizes.window, rig.postgres.pid),
                "pgbench of 500 lines": lambda: limits[MANY_LINES].run(sizes.window, rig.postgres.pid),
            },
            rows,
        )


def rows(rounds: Rounds) -> Sequence[Row]:
    post, hello, limit = "POST", "hello", "pgbench"
    return [
        at_least(
            "POST order (5 lines, 16 clients) to one API process, req/s ÷ pgbench's limit",
            rounds.ratio((post, "per_second"), (limit, "per_second")),
            0.40,
        ),
        Row(
            "the same to two API processes at one address",
            rounds.ratio(("POST to two", "per_second"), (limit, "per_second")),
        ),
        Row(
            "server CPU of a POST ÷ Litestar hello", rounds.ratio((post, "server"), (hello, "server")), ".1f"
        ),
        Row("Postgres CPU of a POST ÷ pgbench's", rounds.ratio((post, "postgres"), (limit, "postgres"))),
        at_most("p99 ÷ p50 of a POST", rounds.spread(post, "p99_to_p50"), 3),
        at_least(
            "GET one order, req/s ÷ Litestar hello",
            rounds.ratio(("GET", "per_second"), (hello, "per_second")),
            0.15,
        ),
        _statements(),
        Row("Postgres CPU of one more line ÷ pgbench's", _slope(rounds)),
        *_absolutes(rounds),
    ]


def _statements() -> Row:
    counts = {lines: len(created(lines).statements) for lines in (5, 50, MANY_LINES)}
    spread = Spread.of([float(count) for count in counts.values()])
    return Row(
        "statements per create, 5 to 500 lines", spread, ".0f", "one number", spread.low == spread.high
    )


def _slope(rounds: Rounds) -> Spread:
    def of(variant: str) -> list[float]:
        pairs = zip(rounds.figures[f"{variant} of 500 lines"], rounds.figures[variant], strict=True)
        return [many["postgres"] - few["postgres"] for many, few in pairs]

    return Spread.of([ours / theirs for ours, theirs in zip(of("POST"), of("pgbench"), strict=True)])


def _absolutes(rounds: Rounds) -> list[Row]:
    """Of this machine; they explain the ratios and are no goals."""
    wanted = [
        *(
            (variant, "per_second", "{}, per second", ",.0f")
            for variant in ("POST", "POST to two", "GET", "hello", "pgbench")
        ),
        *((variant, "server", "server CPU of {}, µs", ",.0f") for variant in ("POST", "GET", "hello")),
        *((variant, "postgres", "Postgres CPU of {}, µs", ",.0f") for variant in ("POST", "GET", "pgbench")),
        *((variant, "load", "load generator's CPU of {}, µs", ",.0f") for variant in ("POST", "hello")),
        ("POST", "p50_ms", "{}, p50 in ms", ".1f"),
        ("POST", "p99_ms", "{}, p99 in ms", ".1f"),
    ]
    return [Row(text.format(name), rounds.spread(name, figure), form) for name, figure, text, form in wanted]
