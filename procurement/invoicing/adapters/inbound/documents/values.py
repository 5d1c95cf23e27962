"""The plain values of a document. They take whatever a UBL document may say, and no more."""

from typing import Annotated

from msgspec import Meta

from procurement.invoicing.adapters.inbound.ubl.node import FINEST_NUMBER, LONGEST_NUMBER, LONGEST_TEXT
from procurement.kernel.quantity import QUANTITY_DECIMALS

_INSIDE = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\uFFFE\uFFFF]"
_AT_THE_ENDS = r"[^\x00-\x20\uFFFE\uFFFF]"

Text = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST_TEXT,
        pattern=rf"^{_AT_THE_ENDS}({_INSIDE}*{_AT_THE_ENDS})?(?!\n)$",
    ),
]
"""Nothing that XML could not say, and no blank at either end."""


def _decimal(decimals: int, example: str) -> Meta:
    return Meta(
        max_length=LONGEST_NUMBER,
        pattern=rf"^-?[0-9]{{1,15}}(\.[0-9]{{1,{decimals}}}0*)?(?!\n)$",
        description=f"Decimal number as a string, exactly as it is stated; at most {decimals} decimals.",
        examples=[example],
    )


Number = Annotated[str, _decimal(FINEST_NUMBER, "293.74")]
"""More decimals than its currency has are a finding (BR-DEC), not a fault."""
QuantityText = Annotated[str, _decimal(QUANTITY_DECIMALS, "60")]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}(?!\n)$", description="ISO 4217.", examples=["EUR"])]
