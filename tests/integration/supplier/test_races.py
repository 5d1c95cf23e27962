"""Many connections at once: one decision counts, and one command is carried out once."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from procurement.kernel.act import Act, Answer, Answered
from procurement.kernel.errors import Interrupted, Stale, VersionMismatch
from procurement.platform.interceptors.retry import Retry, RetryPolicy, exactly
from procurement.platform.interceptors.stack import stacked
from procurement.platform.uuid7 import uuid7
from procurement.supplier.adapters.outbound.postgres import PostgresSuppliers
from procurement.supplier.app.ports import Decision, SupplierMaster, SupplierQuery
from procurement.supplier.app.service import SupplierService
from procurement.supplier.domain.lifecycle import State
from tests.contracts.supplier import a_tenant, saved
from tests.unit.supplier.builders import NOW, REVIEWER, SCORE, a_declaration, an_act

pytestmark = pytest.mark.anyio


@pytest.fixture
def master(suppliers: PostgresSuppliers) -> SupplierMaster:
    """Retried the way the composition root does it."""
    retry = Retry(exactly(Stale), Interrupted, policy=RetryPolicy(attempts=30, within=30))
    return stacked(SupplierMaster, retry)(SupplierService(suppliers, lambda: NOW, uuid7))


async def test_of_twenty_approvals_at_once_one_counts(
    master: SupplierMaster, suppliers: PostgresSuppliers
) -> None:
    tenant = a_tenant()
    supplier = await saved(suppliers, tenant)
    decision = Decision(supplier=supplier.id, expected_version=1)
    outcomes = await asyncio.gather(
        *(master.approve(an_act(REVIEWER, tenant), decision, SCORE) for _ in range(20)),
        return_exceptions=True,
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, bytes)] == [b"Approved v2"]
    assert sum(isinstance(outcome, VersionMismatch) for outcome in outcomes) == 19
    history = await suppliers.history(tenant, supplier.id)
    assert [(entry.version, entry.action) for entry in history] == [(1, "register"), (2, "approve")]
    assert (await suppliers.get(tenant, supplier.id)).supplier.state is State.APPROVED


async def test_one_key_sixty_four_times_at_once_has_one_effect(
    master: SupplierMaster, suppliers: PostgresSuppliers
) -> None:
    tenant = a_tenant()
    act = an_act(tenant=tenant)

    def told(result: Any) -> Answer:
        return Answer(str(result.supplier.id).encode())

    async def ask(act: Act) -> Answer:
        try:
            return await master.register(act, a_declaration())
        except Answered as before:
            return before.answer

    said = await asyncio.gather(*(ask(replace(act, answer=told)) for _ in range(64)))
    (only,) = await suppliers.page(tenant, SupplierQuery())
    assert set(said) == {str(only.id).encode()}
