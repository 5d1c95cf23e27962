"""Purchasing reads what the supplier context says: the very samples that the supplier context publishes."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from procurement.platform.cloudevents import Malformed, incoming
from procurement.purchasing.adapters.inbound.kafka import TOPIC, standing_of
from procurement.purchasing.domain.standing import SupplierStanding
from tests.published.marks import DOCS

SAMPLES = sorted((DOCS / "events" / "samples").glob("Supplier*.v1.json"), key=lambda path: path.name)
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def read(path: Path) -> Mapping[str, Any]:
    sample: Mapping[str, Any] = json.loads(path.read_text())
    return sample


def heard(sample: Mapping[str, Any], **changes: Any) -> SupplierStanding:
    headers = {name: value.encode() for name, value in sample["headers"].items()}
    return standing_of(incoming(headers), json.dumps({**sample["data"], **changes}).encode())


def named(name: str) -> Mapping[str, Any]:
    return read(DOCS / "events" / "samples" / f"{name}.v1.json")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_sample_of_a_supplier_is_understood(path: Path) -> None:
    sample = read(path)
    standing = heard(sample)
    assert sample["topic"] == TOPIC
    assert f"sup_{standing.supplier}" == sample["data"]["supplier_id"]
    assert (standing.version, standing.status, standing.name) == (
        int(sample["headers"]["ce_aggregateversion"]),
        sample["data"]["status"],
        sample["data"]["name"],
    )


def test_only_an_approved_supplier_that_is_not_held_takes_orders() -> None:
    takes = {path.name.partition(".")[0] for path in SAMPLES if heard(read(path)).accepts_orders(NOW)}
    assert takes == {"SupplierApproved", "SupplierHoldReleased"}


def test_a_hold_binds_to_the_end_of_its_last_day() -> None:
    assert heard(named("SupplierHoldPlaced")).orders_held_until == NEW_YEAR


def test_a_hold_without_an_end_binds_for_ever() -> None:
    standing = heard(named("SupplierHoldPlaced"), holds=[{"scope": "orders", "until": None}])
    assert not standing.accepts_orders(datetime(9999, 1, 1, tzinfo=UTC))


def test_a_hold_for_payments_is_none_for_orders() -> None:
    standing = heard(named("SupplierHoldPlaced"), holds=[{"scope": "payments", "until": None}])
    assert standing.orders_held_until is None


def test_what_is_added_to_an_event_later_is_none_of_our_business() -> None:
    assert heard(named("SupplierApproved"), rating="gold") == heard(named("SupplierApproved"))


def test_another_version_of_the_contract_is_not_guessed_at() -> None:
    sample = named("SupplierApproved")
    newer = {
        **sample,
        "headers": {**sample["headers"], "ce_type": "procurement.supplier.SupplierApproved.v2"},
    }
    with pytest.raises(Malformed, match="v2"):
        heard(newer)


def test_a_member_that_is_missing_is_malformed() -> None:
    sample = named("SupplierApproved")
    without = {name: value for name, value in sample["data"].items() if name != "status"}
    with pytest.raises(Malformed, match="status"):
        heard({**sample, "data": without})
