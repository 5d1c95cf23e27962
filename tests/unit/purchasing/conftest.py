import pytest

from tests.unit.purchasing.shop import Shop, shop


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return shop(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
def market(built: Shop) -> Shop:
    built.empty()
    return built
