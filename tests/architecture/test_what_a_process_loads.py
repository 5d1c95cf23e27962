"""What is imported stays in memory for as long as the process runs, so each imports only what it needs."""

import subprocess
import sys

import pytest

_ROUTES = {"cryptography", "httpx", "joserfc", "litestar", "lxml", "procurement.platform.http.app"}
_ORM = {"alembic", "sqlalchemy.ext.asyncio", "sqlalchemy.orm"}
_DEVELOPMENT = {"procurement.entrypoints.dev", "procurement.platform.embedded"}

STRANGE = {
    "api": {*_ORM, *_DEVELOPMENT, "aiokafka"},
    "worker": {*_ROUTES, *_ORM, *_DEVELOPMENT, "procurement.receiving", "procurement.supplier"},
    "consumer": {*_ROUTES, *_ORM, *_DEVELOPMENT, "procurement.supplier"},
}


@pytest.mark.parametrize("process", STRANGE)
def test_a_process_loads_nothing_that_only_others_need(process: str) -> None:
    program = (
        f"import procurement.entrypoints.cli, procurement.entrypoints.{process}, sys; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert STRANGE[process].isdisjoint(done.stdout.split())


def test_what_is_looked_for_is_called_so() -> None:
    """A name that nobody has would be found nowhere."""
    everything = "import procurement.bootstrap.api, procurement.bootstrap.topics, procurement.entrypoints.dev"
    everything += ", alembic, sqlalchemy.ext.asyncio, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", everything], capture_output=True, text=True, check=True)
    assert set().union(*STRANGE.values()) <= set(done.stdout.split())
