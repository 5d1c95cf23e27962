"""What the processes tell about themselves: log lines, metrics, spans."""

from procurement.platform.telemetry.logs import configure_logging
from procurement.platform.telemetry.meters import ConsumerMeter, HttpMeter, OutboxMeter
from procurement.platform.telemetry.metrics import Catalogue
from procurement.platform.telemetry.pulse import watch_event_loop
from procurement.platform.telemetry.service import service_version
from procurement.platform.telemetry.traces import (
    active_traceparent,
    context_from,
    span_from,
    stop_tracing,
    tracer_provider,
)

__all__ = [
    "Catalogue",
    "ConsumerMeter",
    "HttpMeter",
    "OutboxMeter",
    "active_traceparent",
    "configure_logging",
    "context_from",
    "service_version",
    "span_from",
    "stop_tracing",
    "tracer_provider",
    "watch_event_loop",
]
