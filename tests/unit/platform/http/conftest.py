from pathlib import Path

import pytest

from tests.unit.platform.http.toy import Stand, stand


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def issuer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("issuer")


@pytest.fixture
def toys(issuer_folder: Path) -> Stand:
    return stand(issuer_folder)
