"""Measure, and write docs/performance.md: python -m tests.benchmarks [suite …] [--rounds N] [--quick]"""

import argparse
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace

from tests.benchmarks import (
    suite_consumers,
    suite_drain,
    suite_invoices,
    suite_matching,
    suite_memory,
    suite_orders,
    suite_reads,
    suite_receipts,
    suite_wakeup,
)
from tests.benchmarks.report import Report
from tests.benchmarks.rig import Rig, rig
from tests.benchmarks.suite import FULL, QUICK, Sizes, Suite

SUITES: Mapping[str, Callable[[Rig, Sizes], AbstractContextManager[Suite]]] = {
    "orders": suite_orders.suite,
    "reads": suite_reads.suite,
    "drain": suite_drain.suite,
    "consumers": suite_consumers.suite,
    "wake-up": suite_wakeup.suite,
    "invoices": suite_invoices.suite,
    "matching": suite_matching.suite,
    "receipts": suite_receipts.suite,
    "memory": suite_memory.suite,
}


def main() -> None:
    asked = _arguments()
    sizes = QUICK if asked.quick else FULL
    sizes = replace(sizes, rounds=asked.rounds or sizes.rounds)
    report, started = Report(sizes), time.monotonic()
    with rig() as servers:
        for name in asked.suite or SUITES:
            with SUITES[name](servers, sizes) as suite:
                report.add(suite.title, suite.run(sizes.rounds, lambda line: print(line, flush=True)))
    report.finish(time.monotonic() - started)
    print(report.text())
    if not asked.suite:
        report.write()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("suite", nargs="*", choices=[*SUITES, []], help="only these; nothing is written then")
    parser.add_argument("--rounds", type=int, help="instead of 7")
    parser.add_argument("--quick", action="store_true", help="small and short: to see that it works")
    return parser.parse_args()


if __name__ == "__main__":
    main()
