"""What docs/ shows is what the code does."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from procurement.platform.cloudevents import incoming
from procurement.platform.outbox import Message
from procurement.supplier.adapters.outbound.events import SCHEMAS, TOPIC
from procurement.supplier.domain.lifecycle import LIFECYCLE
from tests.published import DOCS, pages, suppliers

PAGES = dict(pages())
GOLDEN = list(suppliers.golden())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_page_is_up_to_date(path: Path) -> None:
    assert path.read_text() == PAGES[path], "run `python -m tests.published` and look at what changed"


def test_every_event_of_a_supplier_has_a_schema_and_a_sample() -> None:
    events = {row.event for row in LIFECYCLE.values()}
    assert {public.__name__ for public in SCHEMAS} == events
    assert {message.type for message in GOLDEN} == {f"procurement.supplier.{name}.v1" for name in events}


@pytest.mark.parametrize("message", GOLDEN, ids=lambda message: message.type)
def test_an_encoded_event_keeps_its_schema_and_its_envelope(message: Message) -> None:
    envelope = incoming(dict(message.headers))
    name = envelope.type.removeprefix("procurement.supplier.")
    schema = json.loads((DOCS / "events" / f"{name}.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(message.payload))
    assert (message.topic, message.key.decode()) == (TOPIC, envelope.subject.removeprefix("sup_"))


def test_a_schema_refuses_what_is_no_such_event() -> None:
    schema = json.loads((DOCS / "events" / "SupplierApproved.v1.json").read_text())
    sample = json.loads((DOCS / "events" / "samples" / "SupplierApproved.v1.json").read_text())["data"]
    wrong = [
        {**sample, "status": "Frozen"},
        {**sample, "holds": [{"scope": "breath", "until": None}]},
        {name: value for name, value in sample.items() if name != "name"},
    ]
    assert [Draft202012Validator(schema).is_valid(each) for each in wrong] == [False, False, False]
