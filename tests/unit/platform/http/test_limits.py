"""So many requests a second for each caller, exactly, whatever he claims about himself."""

import asyncio
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.platform.http.limits import Limiter, by_address
from procurement.platform.http.problems import Problem
from procurement.platform.http.traffic import Traffic
from tests.unit.platform.http.test_problems import the_problem
from tests.unit.platform.http.toy import stand


class Bucket:
    def __init__(self, per_second: float, burst: int, remembered: int = 100) -> None:
        self.time = 0.0
        self.limiter = Limiter(per_second, burst, remembered=remembered, now=lambda: self.time)

    def admits(self, key: str = "a") -> bool:
        try:
            self.limiter.take(key)
        except Problem:
            return False
        return True


def test_a_new_caller_has_a_full_bucket_and_then_its_rate() -> None:
    bucket = Bucket(10, 20)
    assert sum(bucket.admits() for _ in range(100)) == 20
    bucket.time = 1.0
    assert sum(bucket.admits() for _ in range(100)) == 10


@given(st.lists(st.floats(0, 0.5), min_size=50, max_size=300))
def test_nobody_gets_more_than_burst_and_rate(pauses: list[float]) -> None:
    bucket, admitted = Bucket(10, 5), 0
    for pause in pauses:
        bucket.time += pause
        admitted += bucket.admits()
        assert admitted <= 5 + bucket.time * 10 + 1e-6


def test_at_ten_times_the_rate_exactly_the_rate_is_admitted() -> None:
    bucket, admitted = Bucket(100, 200), 0
    for n in range(60_000):
        bucket.time = n / 1000
        admitted += bucket.admits()
    assert abs(admitted - 6200) <= 1


def test_the_answer_says_when_to_come_back() -> None:
    bucket = Bucket(0.5, 1)
    bucket.limiter.take("a")
    with pytest.raises(Problem) as refused:
        bucket.limiter.take("a")
    assert refused.value.headers == {
        "retry-after": "2",
        "ratelimit-policy": '"default";q=1;w=2',
        "ratelimit": '"default";r=0;t=2',
    }
    bucket.time = 2.0
    assert bucket.admits()


def test_callers_have_buckets_of_their_own_and_few_are_remembered() -> None:
    bucket = Bucket(1, 1, remembered=10)
    assert all(bucket.admits(str(n)) for n in range(1000))
    assert len(bucket.limiter._full_at) == 10


@pytest.mark.parametrize(
    ("peers", "same"),
    [
        (("192.0.2.1", "192.0.2.1"), True),
        (("192.0.2.1", "192.0.2.2"), False),
        (("2001:db8::1", "2001:db8::ffff:2"), True),
        (("2001:db8::1", "2001:db8:0:1::1"), False),
        (("::ffff:192.0.2.1", "192.0.2.1"), True),
        (("testclient", "testclient"), True),
    ],
)
def test_an_address_counts_without_port_and_ipv6_by_its_network(peers: tuple[str, str], same: bool) -> None:
    one, other = ({"client": (peer, port)} for port, peer in enumerate(peers))
    assert (by_address(one) == by_address(other)) is same


@pytest.mark.anyio
async def test_the_eleventh_of_sixty_at_once_is_429(issuer_folder: Path) -> None:
    toys = stand(issuer_folder, limiter=Limiter(0.001, 10))
    async with toys.client() as client:
        answers = await asyncio.gather(*(client.get("/v1/toys/drum") for _ in range(60)))
        refused = [answer for answer in answers if answer.status_code == 429]
        assert len(refused) == 50
        the_problem(refused[0], 429, "too-many-requests")
        assert int(refused[0].headers["retry-after"]) > 1
        assert (await client.get("/healthz")).status_code == 200
    async with toys.client(client="other-app") as other:
        assert (await other.get("/v1/toys/drum")).status_code == 200


@pytest.mark.anyio
async def test_a_claimed_address_is_nobodys_address(issuer_folder: Path) -> None:
    toys = stand(issuer_folder, limiter=Limiter(0.001, 10))
    transport = httpx.ASGITransport(toys.app, client=("192.0.2.7", 4711))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://toys.test") as stranger:
        answers = [
            await stranger.get(
                "/v1/toys/drum",
                headers={
                    "x-forwarded-for": f"198.51.100.{n}",
                    "x-real-ip": f"198.51.100.{n}",
                    "forwarded": f"for=198.51.100.{n}",
                },
            )
            for n in range(30)
        ]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 20


@pytest.mark.anyio
async def test_what_does_not_fit_in_is_turned_away_at_once(issuer_folder: Path) -> None:
    toys = stand(issuer_folder, traffic=Traffic(most=4))
    released = asyncio.Event()

    async def slowly() -> None:
        await released.wait()

    toys.workshop.slowly = slowly
    async with toys.client() as client:
        body = {"name": "x", "prices": [{"amount": "1", "currency": "EUR"}]}
        waiting = [
            asyncio.create_task(client.post("/v1/toys", json=body, headers={"idempotency-key": str(n)}))
            for n in range(10)
        ]
        await asyncio.sleep(0.1)
        assert toys.traffic.in_flight == 4
        assert (await client.get("/healthz")).status_code == 200
        released.set()
        answers = [await each for each in waiting]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert len(refused) == 6
    the_problem(refused[0], 503, "overloaded")
    assert refused[0].headers["retry-after"] == "1"
    assert toys.traffic.in_flight == 0
