"""Every suite once, as small as it goes: what is measured rarely breaks unseen."""

from collections.abc import Generator

import pytest

from tests.benchmarks.__main__ import SUITES
from tests.benchmarks.rig import Rig, rig
from tests.benchmarks.suite import Sizes

pytestmark = pytest.mark.slow

TINY = Sizes(rounds=1, window=0.5, events=1_000, few=500, many=1_000, flat=200)


@pytest.fixture(scope="module")
def servers() -> Generator[Rig]:
    with rig() as started:
        yield started


@pytest.mark.parametrize("name", SUITES)
def test_a_suite_runs(servers: Rig, name: str) -> None:
    with SUITES[name](servers, TINY) as suite:
        assert suite.run(1, lambda _: None)
