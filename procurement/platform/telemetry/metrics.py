"""Every metric there is, under one namespace, in a registry of its own. Dashboards are made for these."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import choose_encoder

HTTP_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
REPO_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
PUBLISH_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)
WAIT_SECONDS = (0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0)

_PORT_CALL = ["repo", "op", "status"]


class Catalogue:
    def __init__(self, namespace: str = "procurement") -> None:
        self.registry = CollectorRegistry()
        self._namespace = namespace
        self._http()
        self._ports()
        self._outbox()
        self._consumers()
        self._process()

    def exposition(self, accept: str = "") -> tuple[bytes, str]:
        """The body and its content type: OpenMetrics for those who accept it, Prometheus' text otherwise."""
        encode, content_type = choose_encoder(accept)
        return encode(self.registry), content_type

    def _http(self) -> None:
        request = ["route", "method", "status_code"]
        self.http_requests_total = self._counter("http_requests", "HTTP requests answered", request)
        self.http_request_duration_seconds = self._histogram(
            "http_request_duration_seconds",
            "Seconds from the first byte of a request to the last byte of its answer",
            request,
            HTTP_SECONDS,
        )
        self.http_requests_in_flight = self._gauge(
            "http_requests_in_flight", "HTTP requests not yet answered"
        )

    def _ports(self) -> None:
        self.repo_calls_total = self._counter(
            "repo_calls", "Calls through a port, retries not counted, by how they ended", _PORT_CALL
        )
        self.repo_call_duration_seconds = self._histogram(
            "repo_call_duration_seconds",
            "Seconds that a caller of a port waited, retries and the waits between them included",
            _PORT_CALL,
            REPO_SECONDS,
        )
        self.retry_attempts_total = self._counter(
            "retry_attempts",
            "Attempts made again after a failure, by how they ended",
            ["repo", "op", "outcome"],
        )
        self.breaker_state = self._gauge(
            "breaker_state", "State of a circuit breaker: 0 closed, 1 half-open, 2 open", ["breaker"]
        )
        self.breaker_transitions_total = self._counter(
            "breaker_transitions", "Changes of a circuit breaker's state", ["breaker", "to"]
        )
        self.db_pool_in_use = self._gauge(
            "db_pool_in_use", "Connections to Postgres that somebody works with"
        )
        self.db_pool_idle = self._gauge("db_pool_idle", "Connections to Postgres that are open and free")
        self.db_pool_wait_seconds = self._histogram(
            "db_pool_wait_seconds",
            "Seconds that a caller waited for a connection to Postgres",
            [],
            WAIT_SECONDS,
        )

    def _outbox(self) -> None:
        self.outbox_pending = self._gauge("outbox_pending", "Events committed and not yet on the broker")
        self.outbox_oldest_pending_seconds = self._gauge(
            "outbox_oldest_pending_seconds", "Age of the oldest event that is not yet on the broker"
        )
        self.outbox_dead = self._gauge(
            "outbox_dead", "Events set aside because publishing them keeps failing"
        )
        self.outbox_died_total = self._counter("outbox_died", "Events that this worker set aside", [])
        self.outbox_slots = self._gauge("outbox_slots", "Slots of the outbox that this worker drains")
        self.outbox_published_total = self._counter(
            "outbox_published", "Events that the broker acknowledged", ["topic"]
        )
        self.outbox_publish_failures_total = self._counter(
            "outbox_publish_failures", "Attempts to publish that were not acknowledged", ["reason"]
        )
        self.outbox_publish_latency_seconds = self._histogram(
            "outbox_publish_latency_seconds",
            "Seconds from the commit of an event to the broker's acknowledgement",
            [],
            PUBLISH_SECONDS,
        )

    def _consumers(self) -> None:
        self.consumer_handled_total = self._counter(
            "consumer_handled",
            "Messages that a consumer group dealt with, by how that ended",
            ["group", "outcome"],
        )
        self.consumer_lag = self._gauge(
            "consumer_lag",
            "Messages in a partition that a group has not dealt with",
            ["group", "topic", "partition"],
        )
        self.po_approvals_total = self._counter(
            "po_approvals",
            "Approval decisions on purchase orders: approved, rejected, the code of a refusal, or error",
            ["status"],
        )

    def _process(self) -> None:
        """The client library's own keep the names by which every dashboard knows them."""
        self.event_loop_lag_seconds = self._gauge(
            "event_loop_lag_seconds", "How much later than asked for the event loop last woke up"
        )
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def _counter(self, name: str, help_: str, labels: list[str]) -> Counter:
        return Counter(name, help_, labels, namespace=self._namespace, registry=self.registry)

    def _gauge(self, name: str, help_: str, labels: list[str] | None = None) -> Gauge:
        return Gauge(name, help_, labels or [], namespace=self._namespace, registry=self.registry)

    def _histogram(self, name: str, help_: str, labels: list[str], buckets: tuple[float, ...]) -> Histogram:
        return Histogram(
            name, help_, labels, namespace=self._namespace, registry=self.registry, buckets=buckets
        )
