"""People who wait when they are asked to, and tell what they were told."""

from collections.abc import Callable

import httpx
import pytest

from procurement.entrypoints.demo import desks
from procurement.entrypoints.demo.desks import Desk, Patient, Refused, until

pytestmark = pytest.mark.anyio

Answer = httpx.Response | httpx.TransportError


def desk(*answers: Answer, patience: float = 5) -> tuple[Desk, list[httpx.Request]]:
    left, seen = list(answers), []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        one = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(one, httpx.TransportError):
            raise one
        return one

    transport = Patient(httpx.MockTransport(answer), patience)
    client = httpx.AsyncClient(base_url="http://api/v1", transport=transport)
    return Desk(client, "token"), seen


def later(status: int) -> httpx.Response:
    return httpx.Response(status, headers={"retry-after": "0"}, json={"code": "later", "detail": "later"})


DONE = httpx.Response(200, json={"version": 2})


@pytest.mark.parametrize("status", [409, 429, 503])
async def test_what_comes_too_early_is_sent_again_as_the_same_command(status: int) -> None:
    bea, seen = desk(later(status), later(status), DONE)
    assert await bea.post("/x", {}, key="k", seen=1) == {"version": 2}
    assert [request.headers["idempotency-key"] for request in seen] == ["k"] * 3
    assert seen[-1].headers["if-match"] == '"1"'


async def test_what_was_not_answered_is_sent_again() -> None:
    bea, seen = desk(httpx.ConnectError("refused"), DONE)
    await bea.get("/x")
    assert len(seen) == 2


async def test_a_refusal_is_final_and_told() -> None:
    blockers = [{"code": "order-state", "detail": "the order is Draft", "pointer": "/status"}]
    problem = {"code": "order-state", "detail": "no", "blockers": blockers}
    bea, seen = desk(httpx.Response(409, json=problem))
    with pytest.raises(Refused) as caught:
        await bea.post("/x", {}, key="k")
    assert (str(caught.value), caught.value.code) == (
        "409 order-state: /status the order is Draft", "order-state",
    )  # fmt: skip
    assert len(seen) == 1


async def test_an_answer_in_another_form_is_told_too() -> None:
    bea, _ = desk(httpx.Response(502, text="<html>bad gateway</html>"))
    with pytest.raises(Refused, match="502 <html>"):
        await bea.get("/x")


@pytest.mark.parametrize(
    ("answer", "raised"),
    [(lambda: later(429), Refused), (lambda: httpx.ConnectError("no"), httpx.ConnectError)],
)
async def test_patience_has_an_end(answer: Callable[[], Answer], raised: type[Exception]) -> None:
    bea, _ = desk(answer(), patience=-1)
    with pytest.raises(raised):
        await bea.get("/x")


async def test_a_document_goes_out_byte_for_byte_and_says_for_what() -> None:
    chen, seen = desk(later(503), DONE)
    await chen.send("/invoices", b"<Invoice/>", key="k", order_id="po_1")
    assert [request.content for request in seen] == [b"<Invoice/>"] * 2
    assert (seen[1].headers["content-type"], seen[1].url.query) == ("application/xml", b"order_id=po_1")


async def test_every_reason_of_a_refusal_is_kept() -> None:
    blockers = [{"code": "duplicate-invoice", "detail": detail} for detail in ("the first", "the second")]
    chen, _ = desk(
        httpx.Response(409, json={"code": "duplicate-invoice", "detail": "no", "blockers": blockers})
    )
    with pytest.raises(Refused) as caught:
        await chen.send("/invoices", b"<Invoice/>", key="k")
    assert caught.value.details == ("the first", "the second")


async def test_what_comes_by_itself_is_asked_for_until_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "_ASKED_EVERY", 0)
    answers = [1, 2, 3]

    async def ask() -> int:
        return answers.pop(0)

    assert await until("the third", ask, lambda found: found == 3) == 3


async def test_what_never_comes_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "_PATIENCE", -1)

    async def ask() -> None:
        return None

    with pytest.raises(TimeoutError, match="the match of RE-1 did not come"):
        await until("the match of RE-1", ask, bool)
