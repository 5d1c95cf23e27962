"""What is stacked around the ports, and in which order."""

from dataclasses import dataclass, replace

import structlog
from opentelemetry.trace import Tracer

from procurement.kernel.errors import Interrupted, Stale, Unavailable
from procurement.platform.interceptors.breaker import Breaker, CircuitWatch
from procurement.platform.interceptors.deadline import Deadline
from procurement.platform.interceptors.log import Log
from procurement.platform.interceptors.metrics import Metrics
from procurement.platform.interceptors.retry import Retry, RetryBudget, RetryPolicy, exactly
from procurement.platform.interceptors.stack import Layer
from procurement.platform.interceptors.trace import KAFKA, POSTGRES, Asked, Trace
from procurement.platform.telemetry import Catalogue
from procurement.settings import Settings

_READS = frozenset(
    {
        "billable",
        "billed",
        "corrected",
        "current",
        "disputable",
        "expected",
        "for_change",
        "get",
        "history",
        "keys",
        "open",
        "opening",
        "original",
        "overdue",
        "page",
        "recall",
        "sharing",
        "standing",
        "sums",
        "to_match",
    }
)
"""Operations that change nothing: out of time, they were certainly without effect."""

_PUBLISH_DEADLINE = 15.0
"""Seconds for one batch; the broker's adapter gives up its own awaits long before."""

_ISSUER_DEADLINE = 5.0
"""Seconds for all of the issuer's keys, however slowly they trickle."""


@dataclass(frozen=True, slots=True)
class Layers:
    """What is stacked around the ports. The order is the argument: see docs/adr/0005-interceptors.md."""

    around_database: tuple[Layer, ...]
    around_broker: tuple[Layer, ...]
    around_issuer: tuple[Layer, ...]
    around_use_cases: tuple[Layer, ...]


def layers(settings: Settings, catalogue: Catalogue, tracer: Tracer) -> Layers:
    """Outermost first: metrics, trace, retry, breaker, deadline, log. Around a port only what certainly did
    nothing is tried again; around the use case the whole of it is, under the same command id."""
    log = structlog.get_logger()
    trace = Trace(tracer, on=settings.tracing)
    metrics = Metrics(catalogue.repo_calls_total, catalogue.repo_call_duration_seconds)
    policy = RetryPolicy(
        attempts=settings.retry_max_attempts, base=settings.retry_base_delay, cap=settings.retry_max_delay
    )
    retries = catalogue.retry_attempts_total

    def around(dependency: str, asking: Asked, deadline: Deadline) -> tuple[Layer, ...]:
        watch = CircuitWatch(dependency, catalogue.breaker_state, catalogue.breaker_transitions_total, log)
        return (
            metrics,
            replace(trace, asking=asking),
            Retry(Unavailable, policy=policy, attempts=retries, budget=RetryBudget()),
            Breaker(dependency, listeners=[watch]),
            deadline,
            Log(log),
        )

    return Layers(
        around_database=around(
            "postgres", POSTGRES, Deadline(settings.db_statement_timeout + 1, reads=_READS)
        ),
        around_broker=around("kafka", KAFKA, Deadline(_PUBLISH_DEADLINE)),
        around_issuer=(metrics, trace, Deadline(_ISSUER_DEADLINE, reads=_READS)),
        around_use_cases=(
            metrics,
            trace,
            Retry(exactly(Stale), Interrupted, policy=policy, attempts=retries),
            Log(log),
        ),
    )
