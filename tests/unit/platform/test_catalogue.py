import asyncio

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.parser import text_string_to_metric_families

from procurement.platform.telemetry import Catalogue, HttpMeter, OutboxMeter, watch_event_loop
from tests.unit.platform.rates import turns

LABELS = {
    "http_requests_total": ("route", "method", "status_code"),
    "http_request_duration_seconds": ("route", "method", "status_code"),
    "http_requests_in_flight": (),
    "repo_calls_total": ("repo", "op", "status"),
    "repo_call_duration_seconds": ("repo", "op", "status"),
    "retry_attempts_total": ("repo", "op", "outcome"),
    "breaker_state": ("breaker",),
    "breaker_transitions_total": ("breaker", "to"),
    "db_pool_in_use": (),
    "db_pool_idle": (),
    "db_pool_wait_seconds": (),
    "outbox_pending": (),
    "outbox_oldest_pending_seconds": (),
    "outbox_dead": (),
    "outbox_died_total": (),
    "outbox_slots": (),
    "outbox_published_total": ("topic",),
    "outbox_publish_failures_total": ("reason",),
    "outbox_publish_latency_seconds": (),
    "consumer_handled_total": ("group", "outcome"),
    "consumer_lag": ("group", "topic", "partition"),
    "po_approvals_total": ("status",),
    "event_loop_lag_seconds": (),
}


def metrics_of(catalogue: Catalogue) -> dict[str, Counter | Gauge | Histogram]:
    return {k: v for k, v in vars(catalogue).items() if isinstance(v, Counter | Gauge | Histogram)}


def test_the_catalogue_is_what_dashboards_are_written_against() -> None:
    metrics = metrics_of(Catalogue("shop"))
    assert {name: metric._labelnames for name, metric in metrics.items()} == LABELS


def test_every_metric_is_named_as_its_attribute_under_the_namespace_and_explained() -> None:
    for attribute, metric in metrics_of(Catalogue("shop")).items():
        (family,) = metric.collect()
        assert f"shop_{attribute}" in {family.name, f"{family.name}_total"}
        assert len(family.documentation) > 20


def test_the_buckets_are_the_ones_that_were_asked_for() -> None:
    catalogue = Catalogue()
    assert catalogue.http_request_duration_seconds._kwargs["buckets"] == (
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    )  # fmt: skip
    assert catalogue.repo_call_duration_seconds._kwargs["buckets"] == (
        0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0,
    )  # fmt: skip


def test_two_catalogues_do_not_meet() -> None:
    one, two = Catalogue(), Catalogue()
    one.po_approvals_total.labels("approved").inc()
    assert two.registry.get_sample_value("procurement_po_approvals_total", {"status": "approved"}) is None


def test_a_name_taken_twice_stops_the_boot() -> None:
    registry = CollectorRegistry()
    Counter("calls", "Calls", registry=registry)
    with pytest.raises(ValueError, match="Duplicated"):
        Counter("calls", "Calls", registry=registry)


def test_the_exposition_is_prometheus_text_and_tells_of_the_process() -> None:
    body, content_type = Catalogue().exposition()
    assert content_type.startswith("text/plain")
    names = {family.name for family in text_string_to_metric_families(body.decode())}
    assert {"process_resident_memory_bytes", "python_info", "python_gc_collections"} <= names


def test_the_exposition_is_openmetrics_for_those_who_accept_it() -> None:
    body, content_type = Catalogue().exposition("application/openmetrics-text; version=1.0.0")
    assert content_type.startswith("application/openmetrics-text")
    assert body.endswith(b"# EOF\n")


def test_the_meters_speak_the_words_of_the_parts_they_measure() -> None:
    catalogue = Catalogue()
    HttpMeter(catalogue).observe("/v1/orders/{id}", "GET", 200, 0.02)
    outbox = OutboxMeter(catalogue)
    outbox.published("orders", 3)
    outbox.refused("orders")
    outbox.broker_failed("unavailable")
    outbox.died(2)
    outbox.holds(16)
    value = catalogue.registry.get_sample_value
    request = {"route": "/v1/orders/{id}", "method": "GET", "status_code": "200"}
    assert value("procurement_http_requests_total", request) == 1
    assert value("procurement_http_request_duration_seconds_sum", request) == 0.02
    assert value("procurement_outbox_published_total", {"topic": "orders"}) == 3
    assert value("procurement_outbox_publish_failures_total", {"reason": "refused"}) == 1
    assert value("procurement_outbox_publish_failures_total", {"reason": "unavailable"}) == 1
    assert value("procurement_outbox_died_total") == 2
    assert value("procurement_outbox_slots") == 16


@pytest.mark.anyio
async def test_the_lag_is_how_late_the_loop_woke_up(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue, loop = Catalogue(), asyncio.get_running_loop()
    now = loop.time()
    times = iter([now, now + 0.75])
    monkeypatch.setattr("asyncio.sleep", lambda _: turns(0))

    class Loop:
        def time(self) -> float:
            return next(times)

    monkeypatch.setattr("asyncio.get_running_loop", Loop)
    with pytest.raises(RuntimeError):  # the times are over
        await watch_event_loop(catalogue.event_loop_lag_seconds, every=0.5)
    assert catalogue.event_loop_lag_seconds.collect()
    lag = catalogue.registry.get_sample_value("procurement_event_loop_lag_seconds")
    assert lag == pytest.approx(0.25)
