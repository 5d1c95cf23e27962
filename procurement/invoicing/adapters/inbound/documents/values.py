"""The plain values of a document. They take whatever a UBL document may say, and no more."""

from typing import Annotated

from msgspec import Meta

from procurement.invoicing.adapters.inbound.ubl.node import LONGEST_TEXT

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
Number = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,10}0{0,29})?(?!\n)$",
        description="Decimal number as a string, exactly as it is stated; at most ten decimals.",
        examples=["293.74"],
    ),
]
"""More decimals than its currency has are a finding (BR-DEC), not a fault."""
QuantityText = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,6}0{0,33})?(?!\n)$",
        description="Decimal number as a string, at most six decimals.",
        examples=["60"],
    ),
]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}(?!\n)$", description="ISO 4217.", examples=["EUR"])]
