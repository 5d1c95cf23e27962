"""People who wait when they are asked to, and tell what they were told."""

from collections.abc import Callable

import httpx
import pytest

from procurement.entrypoints.demo.desks import Desk, Patient, Refused

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
