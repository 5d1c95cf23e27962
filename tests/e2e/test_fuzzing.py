"""Schemathesis over the whole API of a running platform: all its checks, all its phases, two tenants."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest

from procurement.kernel.actor import Role
from tests.e2e.office import Office, an_office, until
from tests.e2e.platform import Platform

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

FUZZING = Path(__file__).parent / "fuzzing"
CONFIG = FUZZING / "schemathesis.toml"
SECONDS = 100
"""For all phases together; the last two go on until they are over."""
SEED = os.environ.get("FUZZING_SEED", "20261121")
"""The same in every run, so that a change fails for what it changed; look further with seeds of your own."""
EVERYTHING = [role for role in Role if role not in {Role.SUPPLIER, Role.SYSTEM}]


async def a_tenant(platform: Platform) -> tuple[Office, dict[str, str]]:
    """With a supplier to order from and an order whose goods can come."""
    office = an_office(platform)
    async with office.client:
        supplier = await office.known_supplier()
        order = (await office.issued_order(supplier)).rpartition("/")[2]
        expected = await until(
            lambda: office.ask("will", "GET", f"/expected-orders/{order}"),
            lambda answer: answer.status_code == 200,
        )
        assert expected.status_code == 200, expected.text
    return office, {"supplier_id": supplier, "order_id": order}


async def identities(platform: Platform, folder: Path) -> dict[str, str]:
    """Two people who may do everything, each in a tenant of his own, and what each finds there."""
    entries, given = [], {}
    for name in ("anna", "bert"):
        office, given[name] = await a_tenant(platform)
        token = platform.issuer.token(name, EVERYTHING, office.tenant, level=3)
        header = {"name": "Authorization", "value": f"Bearer {token}"}
        entries.append({"name": name, "fixedHeaders": [header]})
    (folder / "identities.json").write_text(json.dumps({"auth": entries}))
    return {"IDENTITIES": str(folder / "identities.json"), "GIVEN": json.dumps(given)}


async def test_no_generated_request_finds_a_fault(platform: Platform, tmp_path: Path) -> None:
    environment = await identities(platform, tmp_path)
    done = subprocess.run(  # noqa: ASYNC221 - nobody else waits
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", CONFIG),
            *("run", f"{platform.url}/openapi.json", "--checks", "all", "--max-time", str(SECONDS)),
            *("--seed", SEED, "--no-color"),
        ],
        cwd=tmp_path,
        env={**os.environ, **environment, "PYTHONPATH": str(FUZZING.parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout[-4000:])  # noqa: T201 - for whoever runs it with -s
    assert done.returncode == 0, f"seed {SEED}, set it by FUZZING_SEED\n{done.stdout}{done.stderr}"
    assert "object_level_authorization` will not run" not in done.stdout


def test_lists_and_nothing_else_are_exempted_as_lists(platform: Platform) -> None:
    (exempt,) = (
        entry["include-operation-id-regex"]
        for entry in tomllib.loads(CONFIG.read_text())["operations"]
        if "include-operation-id-regex" in entry
    )
    document = httpx.get(f"{platform.url}/openapi.json").json()
    operations = [each for methods in document["paths"].values() for each in methods.values()]
    lists = {each["operationId"] for each in operations if takes_a_cursor(each)}
    assert {each["operationId"] for each in operations if re.match(exempt, each["operationId"])} == lists
    assert lists


def takes_a_cursor(operation: Any) -> bool:
    return any(parameter["name"] == "cursor" for parameter in operation.get("parameters", ()))
