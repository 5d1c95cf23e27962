"""Who acts: a person known from his token, in the roles and for the tenant that the token names."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    BUYER = "buyer"
    APPROVER = "approver"
    FINANCE = "finance"
    WAREHOUSE = "warehouse"
    AP_CLERK = "ap_clerk"
    SUPPLIER_ADMIN = "supplier_admin"
    SUPPLIER_APPROVER = "supplier_approver"
    TREASURER = "treasurer"
    AUDITOR = "auditor"
    TENANT_ADMIN = "tenant_admin"
    SUPPLIER = "supplier"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person, not the account: segregation of duties is held on `person`."""

    person: str
    """Subject of the token; stable for one human being, at most 128 characters."""
    roles: frozenset[Role]
    approval_level: int = 0
    """1 to 3 for an approver (L1, L2, L3), 0 for nobody's approver."""
    on_behalf_of: str | None = None
    """The person who delegated to this one. A delegate may not do what his delegator may not."""
    supplier: str | None = None
    """For role `supplier`: the supplier (`sup_…`) he speaks for."""

    @property
    def persons(self) -> frozenset[str]:
        """Everybody who answers for what this actor does: he himself, and whoever delegated to him."""
        return frozenset({self.person} | ({self.on_behalf_of} if self.on_behalf_of else set()))

    @property
    def speaks_for_supplier(self) -> bool:
        """One of a supplier's own people, who is nothing else here."""
        return self.roles == {Role.SUPPLIER}

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)
