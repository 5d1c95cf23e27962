"""Schemathesis over the whole API of a running platform: all its checks, all its phases, two tenants."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from procurement.kernel.actor import Role
from procurement.platform.uuid7 import uuid7
from tests.e2e.office import Office, an_office
from tests.e2e.platform import Platform

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

FUZZING = Path(__file__).parent / "fuzzing"
SECONDS = 100
"""For all phases together; the last two go on until they are over."""
EVERYTHING = [role for role in Role if role not in {Role.SUPPLIER, Role.SYSTEM}]


async def a_tenant(platform: Platform) -> tuple[Office, str]:
    office = an_office(platform)
    async with office.client:
        return office, await office.known_supplier()


async def identities(platform: Platform, folder: Path) -> dict[str, str]:
    """Two people who may do everything, each in a tenant of his own, and the supplier to order from there."""
    entries, suppliers = [], []
    for name in ("anna", "bert"):
        office, supplier = await a_tenant(platform)
        token = platform.issuer.token(name, EVERYTHING, office.tenant, level=3)
        header = {"name": "Authorization", "value": f"Bearer {token}"}
        entries.append({"name": name, "fixedHeaders": [header]})
        suppliers.append(f"{name}={supplier}")
    (folder / "identities.json").write_text(json.dumps({"auth": entries}))
    return {"IDENTITIES": str(folder / "identities.json"), "SUPPLIERS": ",".join(suppliers)}


async def test_no_generated_request_finds_a_fault(platform: Platform, tmp_path: Path) -> None:
    environment = await identities(platform, tmp_path)
    done = subprocess.run(  # noqa: ASYNC221 - nobody else waits
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", FUZZING / "schemathesis.toml"),
            *("run", f"{platform.url}/openapi.json", "--checks", "all", "--max-time", str(SECONDS)),
            *("--seed", str(uuid7().int % 2**32), "--no-color"),
        ],
        cwd=tmp_path,
        env={**os.environ, **environment, "PYTHONPATH": str(FUZZING.parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout[-4000:])  # noqa: T201 - for whoever runs it with -s
    assert done.returncode == 0, done.stdout + done.stderr
    assert "object_level_authorization` will not run" not in done.stdout
