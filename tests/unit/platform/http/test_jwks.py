"""Keys come and go at the issuer without a valid token being refused or a withdrawn key living on."""

import asyncio
import json

import pytest
from joserfc.jwk import ECKey

from procurement.kernel.errors import Unavailable
from procurement.platform.http.jwks import RemoteKeys

pytestmark = pytest.mark.anyio

OLD = ECKey.generate_key("P-256", {"kid": "old"})
NEW = ECKey.generate_key("P-256", {"kid": "new"})


class Issuer:
    def __init__(self, *keys: ECKey) -> None:
        self.keys: tuple[ECKey, ...] = keys
        self.down = False
        self.fetches = 0
        self.time = 1000.0

    async def fetch(self) -> bytes:
        self.fetches += 1
        await asyncio.sleep(0)
        if self.down:
            raise OSError("connection refused")
        return json.dumps({"keys": [key.as_dict(private=False) for key in self.keys]}).encode()

    def seen_from(self) -> RemoteKeys:
        return RemoteKeys(self.fetch, now=lambda: self.time)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_many_first_callers_share_one_fetch() -> None:
    issuer = Issuer(OLD)
    keys = issuer.seen_from()
    found = await asyncio.gather(*(keys.find("old", "ES256") for _ in range(50)))
    assert all(found)
    assert issuer.fetches == 1


async def test_a_new_key_is_found_at_once_if_the_last_fetch_is_not_too_fresh() -> None:
    issuer = Issuer(OLD)
    keys = issuer.seen_from()
    await keys.find("old", "ES256")
    issuer.keys = (OLD, NEW)
    issuer.time += 31
    assert await keys.find("new", "ES256")
    assert keys.generation == 2


async def test_a_flood_of_unknown_ids_fetches_once_in_thirty_seconds() -> None:
    issuer = Issuer(OLD)
    keys = issuer.seen_from()
    await keys.find("old", "ES256")
    for second in range(61):
        issuer.time = 1000.0 + second
        for n in range(20):
            assert await keys.find(f"stranger-{n}", "ES256") is None
    assert issuer.fetches == 3


async def test_known_keys_go_on_while_the_issuer_is_down() -> None:
    issuer = Issuer(OLD)
    keys = issuer.seen_from()
    await keys.find("old", "ES256")
    issuer.down = True
    for _ in range(100):
        issuer.time += 600
        keys.keep_fresh()
        assert await keys.find("old", "ES256")
        await settled()
    assert keys.generation == 1


async def test_a_withdrawn_key_is_refused_within_a_minute_of_traffic() -> None:
    issuer = Issuer(OLD, NEW)
    keys = issuer.seen_from()
    await keys.find("old", "ES256")
    issuer.keys = (NEW,)
    for _ in range(60):
        issuer.time += 1
        keys.keep_fresh()
        await settled()
    assert await keys.find("old", "ES256") is None


async def test_a_withdrawn_key_is_refused_after_a_quiet_night() -> None:
    issuer = Issuer(OLD, NEW)
    keys = issuer.seen_from()
    await keys.find("old", "ES256")
    issuer.keys = (NEW,)
    issuer.time += 8 * 3600
    assert await keys.find("old", "ES256") is None


async def test_an_issuer_that_never_answered_is_not_the_callers_fault() -> None:
    issuer = Issuer(OLD)
    issuer.down = True
    keys = issuer.seen_from()
    with pytest.raises(Unavailable):
        await keys.find("old", "ES256")
    issuer.down = False
    issuer.time += 31
    assert await keys.find("old", "ES256")


async def test_an_empty_key_set_is_an_accident_and_changes_nothing() -> None:
    issuer = Issuer(OLD)
    keys = issuer.seen_from()
    await keys.find("old", "ES256")
    issuer.keys = ()
    issuer.time += 50
    keys.keep_fresh()
    await settled()
    assert await keys.find("old", "ES256")
