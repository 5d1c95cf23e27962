"""What the layers cost a call that goes well: python -m tests.benchmarks.bench_stack"""

from collections.abc import Sequence
from time import perf_counter
from typing import Protocol

import structlog
import uvloop
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from prometheus_client import CollectorRegistry, Counter, Histogram

from procurement.kernel.errors import Unavailable
from procurement.platform.interceptors.breaker import Breaker
from procurement.platform.interceptors.deadline import Deadline
from procurement.platform.interceptors.log import Log
from procurement.platform.interceptors.metrics import Metrics
from procurement.platform.interceptors.retry import Retry, RetryBudget, RetryPolicy
from procurement.platform.interceptors.stack import Layer, stacked
from procurement.platform.interceptors.trace import Trace

CALLS = 20_000
ROUNDS = 7


class Rates(Protocol):
    async def rate(self, code: str) -> int: ...


class NoRates:
    async def rate(self, code: str) -> int:
        return len(code)


async def microseconds_per_call(rates: Rates) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        started = perf_counter()
        for _ in range(CALLS):
            await rates.rate("EUR")
        best = min(best, perf_counter() - started)
    return best / CALLS * 1e6


def full_stack() -> Sequence[Layer]:
    registry, labels = CollectorRegistry(), ["repo", "op", "status"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(20))
    return (
        Metrics(
            Counter("calls", "Calls", labels, registry=registry),
            Histogram("seconds", "Seconds", labels, registry=registry, buckets=(0.001, 0.005, 0.01, 0.1, 1)),
        ),
        Trace(TracerProvider(sampler=ALWAYS_OFF).get_tracer("bench")),
        Retry(Unavailable, policy=RetryPolicy(), budget=RetryBudget()),
        Breaker("bench"),
        Deadline(5.0),
        Log(structlog.get_logger().bind()),
    )


async def main() -> None:
    tracer = TracerProvider(sampler=ALWAYS_OFF).get_tracer("bench")
    layers = full_stack()
    with tracer.start_as_current_span("request"):
        bare = await microseconds_per_call(NoRates())
        whole = await microseconds_per_call(stacked(Rates, *layers)(NoRates()))
        print(f"{'adapter alone':<20} {bare:6.2f} us")
        for layer in layers:
            alone = await microseconds_per_call(stacked(Rates, layer)(NoRates()))
            print(f"{type(layer).__name__:<20} {alone - bare:6.2f} us")
        print(f"{'all of them':<20} {whole - bare:6.2f} us")


if __name__ == "__main__":
    uvloop.run(main())
