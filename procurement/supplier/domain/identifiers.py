"""Who a supplier is in the registers of the world: (scheme, value), never a bare number."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stdnum import ean, lei, vatin
from stdnum.be import vat as be_vat
from stdnum.dk import cvr
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret
from stdnum.no import orgnr as no_orgnr
from stdnum.se import orgnr as se_orgnr
from stdnum.util import get_cc_module

from procurement.kernel.schemes import EAS

VAT = "VAT"
"""A VAT id with its country's prefix, as EN 16931 writes it (BT-31)."""

SCHEMES = EAS | {VAT}

_EU_PREFIXES = frozenset(state.upper() for state in eu_vat.MEMBER_STATES) | {"EL", "EU", "IM"}
_GLN_LENGTH = 13


class BadIdentifier(ValueError):
    """No register would know it."""


def _matching(pattern: str, description: str) -> Callable[[str], str]:
    """For schemes that have a form but no check digit (or none that everybody agrees on)."""
    form = re.compile(pattern)

    def check(value: str) -> str:
        if not form.fullmatch(value):
            raise BadIdentifier(f"it must be {description}")
        return value

    return check


def _ascii(value: str) -> str:
    if not value.isascii():
        raise BadIdentifier("registers write ASCII")
    return value


def _vat(value: str) -> str:
    prefix = "EL" if value[:2] == "GR" else value[:2]
    if prefix in _EU_PREFIXES:
        return str(eu_vat.validate(prefix + value[2:]))
    if get_cc_module(prefix.lower(), "vat") is None:
        raise BadIdentifier("no rules are known for its country; use that country's scheme of the EAS list")
    return str(vatin.validate(value))


def _gln(value: str) -> str:
    number = str(ean.validate(value))
    if len(number) != _GLN_LENGTH:
        raise BadIdentifier(f"it must have {_GLN_LENGTH} digits")
    return number


_e_mail = _matching("[!-?A-~]{1,64}@[!-?A-~]{1,185}", "an e-mail address")
_duns = _matching(r"[0-9]{9}", "9 digits")
_plain = _matching(r"[!-~]{1,50}", "1 to 50 printable ASCII characters without blanks")

CHECKS: Mapping[str, Callable[[str], str]] = {
    VAT: _vat,
    "0002": siren.validate,
    "0007": se_orgnr.validate,
    "0009": siret.validate,
    "0060": lambda value: _duns(value.replace("-", "").replace(" ", "")),
    "0088": _gln,
    "0184": cvr.validate,
    "0192": no_orgnr.validate,
    "0199": lei.validate,
    "0208": be_vat.validate,
    "EM": lambda value: _e_mail(value).lower(),
}


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """Two of them are equal exactly when they mean the same entry of the same register."""

    scheme: str
    value: str

    @classmethod
    def of(cls, scheme: str, value: str) -> "Identifier":
        """Normalise and check what somebody wrote. Raise BadIdentifier when it cannot exist."""
        if scheme not in SCHEMES:
            raise BadIdentifier(
                f"{scheme!r} is not a known scheme: use VAT or a code of the EAS list, like 0088"
            )
        try:
            return cls(scheme, CHECKS.get(scheme, _plain)(_ascii(value).strip().upper()))
        except (BadIdentifier, ValidationError) as error:
            raise BadIdentifier(f"{value!r} is not an identifier of scheme {scheme}: {error}") from error

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"
