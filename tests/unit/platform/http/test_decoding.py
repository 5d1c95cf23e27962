"""A body is what the route typed, or every fault of it is told at once."""

import json
from collections.abc import Mapping
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec import Struct

from procurement.kernel.money import Money
from procurement.platform.http.decoding import StrictDTO, strictly
from procurement.platform.http.exchange import Exchange
from procurement.platform.http.fields import Fields
from procurement.platform.http.problems import FieldError, Problem
from tests.unit.platform.http.test_problems import the_problem
from tests.unit.platform.http.toy import A_TOY, Stand, Toy

JSON = {"content-type": "application/json", "idempotency-key": "k"}


def a_toy(**changes: Any) -> bytes:
    return json.dumps({**A_TOY, **changes}).encode()


MALFORMED = [
    (b"", "malformed-json"),
    (b"{", "malformed-json"),
    (b"\xff", "malformed-json"),
    (b"\xef\xbb\xbf" + a_toy(), "malformed-json"),
    (a_toy().decode().encode("utf-16"), "malformed-json"),
    (a_toy() + b" x", "malformed-json"),
    (a_toy() + a_toy(), "malformed-json"),
    (b"NaN", "malformed-json"),
    (a_toy(pieces=float("nan")), "malformed-json"),
    (a_toy(pieces=float("-inf")), "malformed-json"),
    (a_toy(name="a\x00b"), "malformed-json"),
    (a_toy(name="XX").replace(b"XX", b"\x00"), "malformed-json"),
    (a_toy(name="XX").replace(b"XX", b"\xff"), "malformed-json"),
    (a_toy(name="XX").replace(b"XX", rb"\ud800"), "malformed-json"),
    (a_toy(note="XX").replace(b"XX", rb"\udc00\ud800"), "malformed-json"),
    (a_toy()[:-1] + b',"name":"again"}', "duplicate-key"),
    (a_toy()[:-1] + rb',"n\u0061me":"again"}', "duplicate-key"),
    (b"[" * 5000, "too-deep"),
    (b"[" * 500_000 + b"]" * 500_000, "too-deep"),
    (a_toy()[:-1] + b',"x":' + b'{"a":' * 64 + b"1" + b"}" * 65, "too-deep"),
    (b'{"pieces":' + b"9" * 5000 + b"}", "malformed-json"),
]


@pytest.mark.parametrize(("body", "code"), MALFORMED, ids=range(len(MALFORMED)))
def test_what_is_no_json_text_is_400(body: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        strictly(body, Toy)
    assert (refused.value.kind.status, refused.value.kind.code) == (400, code)


INVALID: list[tuple[Mapping[str, Any], list[tuple[str, str]]]] = [
    ({"pieces": "1"}, [("/pieces", "type")]),
    ({"pieces": 1.5}, [("/pieces", "type")]),
    ({"pieces": True}, [("/pieces", "type")]),
    ({"pieces": 0}, [("/pieces", "range")]),
    ({"pieces": 1001}, [("/pieces", "range")]),
    ({"pieces": 10**400}, [("/pieces", "range")]),
    ({"pieces": None}, [("/pieces", "type")]),
    ({"name": ""}, [("/name", "too-short")]),
    ({"name": "x" * 65}, [("/name", "too-long")]),
    ({"name": 5}, [("/name", "type")]),
    ({"prices": []}, [("/prices", "too-short")]),
    ({"prices": {}}, [("/prices", "type")]),
    ({"prices": [A_TOY["prices"][0]] * 101}, [("/prices", "too-long")]),
    ({"prices": ["9.90"]}, [("/prices/0", "type")]),
    ({"note": 7}, [("/note", "type")]),
    ({"colour": "red"}, [("/colour", "unknown-field")]),
    ({"a/b~c": 1}, [("/a~1b~0c", "unknown-field")]),
    (
        {"pieces": 0, "name": "", "x": 1, "prices": [{"amount": "1e5"}, {"amount": 1, "currency": "eur"}]},
        [
            ("/name", "too-short"),
            ("/prices/0/amount", "pattern"),
            ("/prices/0/currency", "missing"),
            ("/prices/1/amount", "type"),
            ("/prices/1/currency", "pattern"),
            ("/pieces", "range"),
            ("/x", "unknown-field"),
        ],
    ),
]


@pytest.mark.parametrize(("changes", "faults"), INVALID, ids=range(len(INVALID)))
def test_every_fault_is_told_at_once_with_its_pointer(
    changes: Mapping[str, Any], faults: list[tuple[str, str]]
) -> None:
    with pytest.raises(Problem) as refused:
        strictly(a_toy(**changes), Toy)
    assert (refused.value.kind.status, refused.value.kind.code) == (422, "invalid-body")
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == faults


@pytest.mark.parametrize(
    "amount", ["NaN", "Infinity", "1_000", " 1", "١٢", "1e400", "-1", "1.23456", "", "1\n"]
)
def test_money_is_digits_and_nothing_else(amount: str) -> None:
    with pytest.raises(Problem) as refused:
        strictly(a_toy(prices=[{"amount": amount, "currency": "EUR"}]), Toy)
    assert [fault.code for fault in refused.value.errors] == ["pattern"]


def test_the_words_are_those_a_person_understands() -> None:
    with pytest.raises(Problem) as refused:
        strictly(json.dumps({"prices": [], "pieces": 0, "note": 1}).encode(), Toy)
    assert {fault.pointer: fault.detail for fault in refused.value.errors} == {
        "/name": "required",
        "/prices": "must contain at least one item",
        "/pieces": "must be greater than zero",
        "/note": "must be a string or null, not an integer",
    }


def test_nobody_is_told_more_than_a_hundred_faults() -> None:
    with pytest.raises(Problem) as refused:
        strictly(a_toy(prices=[7] * 5000), Toy)
    assert len(refused.value.errors) == 100


@pytest.mark.parametrize("name", ["see [here", "}}}]]", "\\", '"', "\\u0000", "🎸", "a" * 64, "[" * 64])
def test_text_may_hold_brackets_quotes_and_all_of_unicode(name: str) -> None:
    assert strictly(a_toy(name=name), Toy).name == name


def test_brackets_in_text_do_not_count_as_depth() -> None:
    assert strictly(a_toy(note="[" * 500), Toy).note == "[" * 500


@pytest.mark.anyio
@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/jsonp"},
        {"content-type": "application/xml"},
        {"content-type": "application/json", "content-encoding": "gzip"},
        {"content-type": ""},
    ],
)
async def test_anything_but_json_is_415(toys: Stand, headers: dict[str, str]) -> None:
    async with toys.client() as client:
        response = await client.post("/v1/toys", content=a_toy(), headers=headers)
    the_problem(response, 415, "unsupported-media-type")


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["application/json", 'Application/JSON; charset="UTF-8"'])
async def test_json_in_utf8_is_read_however_it_is_spelled(toys: Stand, kind: str) -> None:
    async with toys.client() as client:
        response = await client.post("/v1/toys", content=a_toy(), headers={**JSON, "content-type": kind})
    assert response.status_code == 201


@pytest.mark.anyio
async def test_the_faults_of_values_are_told_at_once_too(toys: Stand) -> None:
    prices = [{"amount": "1.234", "currency": "EUR"}, {"amount": "1", "currency": "QQQ"}]
    async with toys.client() as client:
        told = the_problem(
            await client.post("/v1/toys", content=a_toy(prices=prices), headers=JSON), 422, "invalid-body"
        )
    assert isinstance(told.errors, list)
    assert [(fault.pointer, fault.code) for fault in told.errors] == [
        ("/prices/0", "bad-money"),
        ("/prices/1", "bad-money"),
    ]


def test_what_is_built_on_a_faulty_value_does_not_hide_the_fault() -> None:
    with pytest.raises(Problem) as refused:
        _root(Decimal("0.001"))
    assert refused.value.errors == [
        FieldError(pointer="/amount", code="bad-money", detail="EUR has 2 decimals, 0.001 has more")
    ]


def _root(amount: Decimal) -> None:
    with Fields() as faults:
        money = faults.take("/amount", lambda: Money(amount, "EUR"))
        money.amount.sqrt()


def test_a_bug_in_the_mapping_stays_a_bug() -> None:
    with pytest.raises(ZeroDivisionError), Fields():
        _ = 1 / 0


class Kite(Struct, forbid_unknown_fields=True):
    length: int


class KiteOfTheNextRelease(Kite, forbid_unknown_fields=True):
    tail: str | None = None


def asked(dto: type[StrictDTO[Any]], body: bytes) -> bytes:
    exchange = Exchange("a request", "/kites")
    scope = {"headers": [(b"content-type", b"application/json")]}
    exchange.put_into(scope)
    dto(SimpleNamespace(scope=scope)).decode_bytes(body)  # type: ignore[arg-type]  # it asks for no more
    return exchange.asked


def test_a_field_that_a_release_adds_makes_no_other_command_of_a_repeated_one() -> None:
    body = b'{"length": 3}'
    assert asked(StrictDTO[Kite], body) == asked(StrictDTO[KiteOfTheNextRelease], body)
    assert asked(StrictDTO[Kite], body) != asked(StrictDTO[Kite], b'{"length": 4}')
