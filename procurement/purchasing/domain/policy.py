"""What a tenant decided about buying: who must approve how much, in which currency that is counted."""

from dataclasses import dataclass
from decimal import Decimal

from procurement.kernel.actor import Role
from procurement.kernel.money import Money, minor_units

LEVELS = (1, 2, 3)


class BadPolicy(ValueError):
    """A policy that nobody could follow."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Orders up to an amount need these levels, each from another person. The last tier has no limit."""

    up_to: Decimal | None
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasingPolicy:
    version: int
    base_currency: str
    tiers: tuple[Tier, ...]
    rates: dict[str, Decimal]
    """Base currency units for one unit of the other currency."""
    issuers: frozenset[Role] = frozenset({Role.BUYER, Role.FINANCE})
    approver_may_issue: bool = False
    days_to_approve: int = 5
    """After so many an order that still waits for approval is escalated."""

    def __post_init__(self) -> None:
        minor_units(self.base_currency)
        limits = [tier.up_to for tier in self.tiers]
        if not limits or limits[-1] is not None or None in limits[:-1]:
            raise BadPolicy("the last tier, and no other, is without a limit")
        bounded = [limit for limit in limits if limit is not None]
        if bounded != sorted(set(bounded)) or any(not limit > 0 for limit in bounded):
            raise BadPolicy("limits are above zero and grow from tier to tier")
        if any(not tier.levels or set(tier.levels) - set(LEVELS) for tier in self.tiers):
            raise BadPolicy("every tier names levels from 1 to 3")
        for currency, rate in self.rates.items():
            minor_units(currency)
            if not (rate.is_finite() and rate > 0):
                raise BadPolicy(f"the rate of {currency} is above zero")

    def rate_of(self, currency: str) -> Decimal | None:
        return Decimal(1) if currency == self.base_currency else self.rates.get(currency)

    def in_base_currency(self, amount: Money, rate: Decimal) -> Money:
        return Money.rounded(amount.amount * rate, self.base_currency)

    def levels_for(self, base_total: Money) -> tuple[int, ...]:
        """Exactly 1,000.00 is still below the limit of 1,000."""
        tier = next(t for t in self.tiers if t.up_to is None or base_total.amount <= t.up_to)
        return tuple(sorted(tier.levels))


DEFAULT_POLICY = PurchasingPolicy(
    version=0,
    base_currency="EUR",
    tiers=(Tier(Decimal(1000), (1,)), Tier(Decimal(10000), (2,)), Tier(None, (3,))),
    rates={},
)
"""In force until the tenant decides otherwise."""
