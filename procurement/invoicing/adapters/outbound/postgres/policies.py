"""The tenant's invoicing policy."""

from procurement.invoicing.domain.policy import DEFAULT_POLICY, InvoicingPolicy
from procurement.platform.postgres.policies import TenantPolicies


class PostgresPolicies(TenantPolicies[InvoicingPolicy]):
    schema = "invoicing"
    default = DEFAULT_POLICY
