"""The tenant's receiving policy."""

from procurement.platform.postgres.policies import TenantPolicies
from procurement.receiving.domain.policy import DEFAULT_POLICY, ReceivingPolicy


class PostgresPolicies(TenantPolicies[ReceivingPolicy]):
    schema = "receiving"
    default = DEFAULT_POLICY
