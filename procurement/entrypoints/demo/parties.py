"""Who sold it: the identifiers that registers would know, and which sellers are one supplier."""

from collections.abc import Iterable
from dataclasses import dataclass

from procurement.entrypoints.demo.ubl import Named, Seller
from procurement.supplier.domain.identifiers import BadIdentifier, Identifier

_E_MAIL = "EM"


@dataclass(frozen=True, slots=True)
class Party:
    name: str
    identifiers: frozenset[Identifier]
    left_out: tuple[str, ...] = ()
    """Identifiers that are not taken over, each with the reason."""

    @classmethod
    def of(cls, seller: Seller) -> "Party":
        """Identifiers pass their check digits or are left out, and that is told."""
        taken, left_out = set(), []
        for named in seller.identifiers:
            try:
                taken.add(_checked(named))
            except BadIdentifier as error:
                left_out.append(str(error) if named.value in str(error) else f"{named.value!r}: {error}")
        return cls(seller.name, frozenset(taken), tuple(left_out))

    def is_same(self, other: "Party") -> bool:
        """An entry of a register belongs to one party; an e-mail address only together with the name."""
        shared = self.identifiers & other.identifiers
        if any(identifier.scheme != _E_MAIL for identifier in shared):
            return True
        return bool(shared) and self.name.casefold() == other.name.casefold()

    def joined(self, other: "Party") -> "Party":
        left_out = tuple(dict.fromkeys((*self.left_out, *other.left_out)))
        return Party(self.name, self.identifiers | other.identifiers, left_out)


def _checked(named: Named) -> Identifier:
    if named.scheme is None:
        raise BadIdentifier(f"{named.value!r} does not say of which register it is")
    return Identifier.of(named.scheme, named.value)


def recognised(parties: Iterable[Party]) -> list[Party]:
    """Those that are the same, made one."""
    known: list[Party] = []
    for party in parties:
        same = [one for one in known if one.is_same(party)]
        merged = party
        for one in reversed(same):
            merged = one.joined(merged)
        known = [*(one for one in known if one not in same), merged]
    return known
