"""One span per call, around all its attempts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer, get_current_span, use_span

from procurement.platform.interceptors.outcome import OK, is_business, outcome_of
from procurement.platform.interceptors.stack import Call, Operation


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a span asks, in the words of OpenTelemetry's semantic conventions."""

    system: str
    of: str
    operation: str


POSTGRES = Asked("db.system.name", "postgresql", "db.operation.name")
KAFKA = Asked("messaging.system", "kafka", "messaging.operation.name")


@dataclass(frozen=True, slots=True)
class Trace:
    """Below a span that is not sampled nothing is started: its children could not be sampled either."""

    tracer: Tracer
    on: bool = True
    """Off where no span of this process is ever sampled: not even asking saves a frame in every call."""
    asking: Asked | None = None
    """None for what is done in this process."""

    def __call__(self, call: Call, inner: Operation) -> Operation:
        if not self.on:
            return inner

        async def spanned(*args: Any, **kwargs: Any) -> Any:
            parent = get_current_span().get_span_context()
            if parent.is_valid and not parent.trace_flags.sampled:
                return await inner(*args, **kwargs)
            return await self._within_span(call, inner, args, kwargs)

        return spanned

    async def _within_span(
        self, call: Call, inner: Operation, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        kind = SpanKind.CLIENT if self.asking else SpanKind.INTERNAL
        span = self.tracer.start_span(str(call), kind=kind)
        if span.is_recording():
            span.set_attributes(dict(self._described(call, args, kwargs)))
        with use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            try:
                result = await inner(*args, **kwargs)
            except BaseException as error:
                span.set_attribute("outcome", outcome_of(error))
                if not is_business(error):  # and never the text: it may quote what somebody sent
                    span.set_attribute("error.type", type(error).__qualname__)
                    span.set_status(Status(StatusCode.ERROR))
                raise
            span.set_attribute("outcome", OK)
            return result

    def _described(
        self, call: Call, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        if self.asking:
            yield self.asking.system, self.asking.of
            yield self.asking.operation, call.operation
        for kind, identifier in call.about(args, kwargs):
            yield f"{kind}.id", identifier
