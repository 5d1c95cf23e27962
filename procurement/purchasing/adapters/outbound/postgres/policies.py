"""The tenant's purchasing policy."""

from procurement.kernel.ids import TenantId
from procurement.platform.postgres.policies import TenantPolicies
from procurement.purchasing.domain.policy import DEFAULT_POLICY, PurchasingPolicy


class PostgresPolicies(TenantPolicies[PurchasingPolicy]):
    schema = "purchasing"
    default = DEFAULT_POLICY

    def _aggregate_of(self, tenant: TenantId) -> TenantId:
        """As the audit trail has it from before there were other policies."""
        return tenant
