import pytest

from procurement.platform.postgres.database import Database
from tests.contracts.invoicing import Ports
from tests.integration.invoicing.large import ports_on


@pytest.fixture
def ports(database: Database, across_tenants: Database) -> Ports:
    return ports_on(database, across_tenants)
