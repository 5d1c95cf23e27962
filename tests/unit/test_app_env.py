"""APP_ENV is a word on spans: whatever it says, the same adapters run."""

import gc
from collections.abc import Iterator
from types import FunctionType, ModuleType
from unittest.mock import patch

import pytest
from opentelemetry.trace import NoOpTracer

from procurement.bootstrap.base import Base, pool_options
from procurement.bootstrap.contexts.invoicing import invoicing
from procurement.bootstrap.contexts.purchasing import purchasing
from procurement.bootstrap.contexts.receiving import receiving
from procurement.bootstrap.contexts.supplier import suppliers
from procurement.bootstrap.layers import layers
from procurement.platform.postgres.database import Database
from procurement.platform.postgres.doorbell import Doorbell
from procurement.platform.postgres.engine import APP_ROLE, open_engine
from procurement.platform.telemetry import Catalogue
from procurement.settings import AppEnv, Settings
from tests.unit.test_composition import ENVIRONMENT


def composed(app_env: str) -> list[object]:
    """The use cases of every context, as a process gets them."""
    with patch.dict("os.environ", {**ENVIRONMENT, "APP_ENV": app_env}, clear=True):
        settings = Settings.read()
    assert settings.app_env == app_env
    url, catalogue, tracer = settings.database_url.get_secret_value(), Catalogue("test"), NoOpTracer()
    engine = open_engine(url, role=APP_ROLE, application="test", options=pool_options(settings))
    base = Base(
        settings=settings,
        catalogue=catalogue,
        tracer=tracer,
        layers=layers(settings, catalogue, tracer),
        database=Database(engine),
        doorbell=Doorbell(url),
    )
    database = base.database
    return [suppliers(base), purchasing(base, database), receiving(base), invoicing(base, database)]


def parts(thing: object) -> Iterator[object]:
    """Everything that it holds on to, but not the code."""
    seen, held = set[int](), [thing]
    while held:
        part = held.pop()
        if id(part) in seen or isinstance(part, type | ModuleType):
            continue
        seen.add(id(part))
        yield part
        held += [part.__closure__] if isinstance(part, FunctionType) else gc.get_referents(part)


def kinds(app_env: str) -> set[str]:
    found = {type(part) for part in parts(composed(app_env))}
    return {f"{kind.__module__}.{kind.__qualname__}" for kind in found}


@pytest.mark.parametrize("app_env", AppEnv)
def test_what_the_environment_is_called_changes_no_adapter(app_env: AppEnv) -> None:
    found = kinds(app_env)
    assert found == kinds(AppEnv.PRODUCTION)
    stores = {name for name in found if ".adapters.outbound." in name}
    for port in ("Suppliers", "PurchaseOrders", "GoodsReceipts", "Invoices"):
        assert any(name.endswith(f".Postgres{port}") for name in stores), stores
    assert not [name for name in found if name.startswith("tests.")]
