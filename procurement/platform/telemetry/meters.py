"""What the parts that measure themselves report to, in their own words."""

from dataclasses import dataclass, field

from prometheus_client import Counter, Histogram

from procurement.platform.telemetry.metrics import Catalogue


@dataclass(frozen=True, slots=True)
class HttpMeter:
    catalogue: Catalogue
    _children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = field(default_factory=dict, init=False)
    """Looked up once: prometheus-client checks and locks at every look."""

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        asked = route, method, status
        requests, durations = self._children.get(asked) or self._children.setdefault(asked, self._new(asked))
        requests.inc()
        durations.observe(seconds)

    def _new(self, asked: tuple[str, str, int]) -> tuple[Counter, Histogram]:
        labels = [str(each) for each in asked]
        catalogue = self.catalogue
        return (
            catalogue.http_requests_total.labels(*labels),
            catalogue.http_request_duration_seconds.labels(*labels),
        )


@dataclass(frozen=True, slots=True)
class OutboxMeter:
    catalogue: Catalogue

    def published(self, topic: str, count: int) -> None:
        self.catalogue.outbox_published_total.labels(topic).inc(count)

    def refused(self, topic: str) -> None:
        del topic  # which one is in the dead letter; here it is only how many
        self.catalogue.outbox_publish_failures_total.labels("refused").inc()

    def died(self, count: int) -> None:
        self.catalogue.outbox_died_total.inc(count)

    def broker_failed(self, code: str) -> None:
        self.catalogue.outbox_publish_failures_total.labels(code).inc()

    def holds(self, slots: int) -> None:
        self.catalogue.outbox_slots.set(slots)

    def took(self, seconds: float) -> None:
        self.catalogue.outbox_publish_latency_seconds.observe(seconds)

    def left(self, pending: int, dead: int, oldest: float) -> None:
        self.catalogue.outbox_pending.set(pending)
        self.catalogue.outbox_dead.set(dead)
        self.catalogue.outbox_oldest_pending_seconds.set(oldest)


@dataclass(frozen=True, slots=True)
class ConsumerMeter:
    catalogue: Catalogue

    def handled(self, group: str, outcome: str, records: int = 1) -> None:
        self.catalogue.consumer_handled_total.labels(group, outcome).inc(records)

    def lags(self, group: str, topic: str, partition: int, records: int) -> None:
        self.catalogue.consumer_lag.labels(group, topic, str(partition)).set(records)
