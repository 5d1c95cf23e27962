"""What docs/ shows is what the code does."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from procurement.platform.cloudevents import incoming
from procurement.platform.outbox import Message
from procurement.purchasing.adapters.outbound import events as purchasing_events
from procurement.purchasing.domain import lifecycle as orders
from procurement.receiving.adapters.outbound import events as receiving_events
from procurement.receiving.domain import lifecycle as receipts
from procurement.supplier.adapters.outbound import events as supplier_events
from procurement.supplier.domain import lifecycle as suppliers
from tests.arrived import headers_of
from tests.published import pages
from tests.published.invoicing import golden as invoicing_golden
from tests.published.marks import DOCS
from tests.published.purchasing import golden as purchasing_golden
from tests.published.receiving import golden as receiving_golden
from tests.published.suppliers import golden as supplier_golden

PAGES = dict(pages())
SUPPLIERS, PURCHASING = list(supplier_golden()), list(purchasing_golden())
RECEIVING, INVOICING = list(receiving_golden()), list(invoicing_golden())
TOPICS = {
    "supplier": {supplier_events.TOPIC},
    "purchasing": {purchasing_events.TOPIC, purchasing_events.POLICY_TOPIC},
    "receiving": {receiving_events.TOPIC, receiving_events.POLICY_TOPIC},
}


def schema(name: str) -> Draft202012Validator:
    written = json.loads((DOCS / "events" / f"{name}.json").read_text())
    Draft202012Validator.check_schema(written)
    return Draft202012Validator(written)


def sample(name: str) -> Mapping[str, Any]:
    data: Mapping[str, Any] = json.loads((DOCS / "events" / "samples" / f"{name}.json").read_text())["data"]
    return data


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_page_is_up_to_date(path: Path) -> None:
    assert path.read_text() == PAGES[path], "run `python -m tests.published` and look at what changed"


def test_every_event_of_a_supplier_has_a_schema_and_a_sample() -> None:
    events = {row.event for row in suppliers.LIFECYCLE.values()}
    assert {public.__name__ for public in supplier_events.SCHEMAS} == events
    assert {message.type for message in SUPPLIERS} == {f"procurement.supplier.{name}.v1" for name in events}


def test_every_event_of_purchasing_has_a_schema_and_a_sample() -> None:
    events = {row.event for row in orders.LIFECYCLE.values()} | {"PurchasingPolicyDecided"}
    assert {public.__name__ for public in purchasing_events.SCHEMAS} == events
    assert {message.type for message in PURCHASING} == {
        f"procurement.purchasing.{name}.v1" for name in events
    }


def test_every_event_of_receiving_has_a_schema_and_a_sample() -> None:
    events = {name for row in receipts.LIFECYCLE.values() for name in row.events.values()}
    events |= {"ReceivingPolicyDecided"}
    assert {public.__name__ for public in receiving_events.SCHEMAS} == events
    assert {message.type for message in RECEIVING} == {f"procurement.receiving.{name}.v1" for name in events}


@pytest.mark.parametrize("message", [*SUPPLIERS, *PURCHASING, *RECEIVING], ids=lambda message: message.type)
def test_an_encoded_event_keeps_its_schema_and_its_envelope(message: Message) -> None:
    envelope = incoming(headers_of(message))
    context, name = envelope.type.removeprefix("procurement.").split(".", 1)
    schema(name).validate(json.loads(message.payload))
    assert message.topic in TOPICS[context]
    assert message.key.decode() == envelope.subject.rpartition("_")[2]


@pytest.mark.parametrize("message", [*SUPPLIERS, *PURCHASING, *RECEIVING, *INVOICING], ids=lambda m: m.type)
def test_an_event_says_of_what_kind_its_aggregate_is(message: Message) -> None:
    kinds = {"sup": "supplier", "po": "purchase-order", "grn": "goods-receipt", "inv": "invoice"}
    told = dict(message.headers)
    kind, _, rest = told["ce_subject"].partition("_")
    assert told["ce_aggregatetype"] == (kinds[kind] if rest else f"{message.topic.partition('.')[0]}-policy")


def test_an_event_from_before_that_was_said_is_read_all_the_same() -> None:
    headers = headers_of(PURCHASING[0])
    assert "ce_aggregatetype" in headers
    older = {name: value for name, value in headers.items() if name != "ce_aggregatetype"}
    assert incoming(older) == incoming(headers)


def test_a_schema_refuses_what_is_no_such_event() -> None:
    approved = sample("SupplierApproved.v1")
    wrong = [
        {**approved, "status": "Frozen"},
        {**approved, "holds": [{"scope": "breath", "until": None}]},
        {name: value for name, value in approved.items() if name != "name"},
    ]
    assert [schema("SupplierApproved.v1").is_valid(each) for each in wrong] == [False, False, False]


def test_the_schema_of_an_issued_order_refuses_lines_without_their_figures() -> None:
    issued = sample("PurchaseOrderIssued.v1")
    line = issued["lines"][0]
    wrong = [
        {**issued, "lines": [{**line, "quantity": 60}]},
        {**issued, "lines": [{name: value for name, value in line.items() if name != "unit"}]},
        {**issued, "total": 293.74},
    ]
    assert [schema("PurchaseOrderIssued.v1").is_valid(each) for each in wrong] == [False, False, False]


def test_members_may_be_added_to_an_event() -> None:
    assert schema("PurchaseOrderIssued.v1").is_valid({**sample("PurchaseOrderIssued.v1"), "colour": "red"})
