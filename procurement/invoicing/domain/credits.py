"""What a matched credit note takes back from the invoice that it corrects."""

from collections.abc import Sequence

from procurement.invoicing.domain.exceptions import InvoiceException

_TOO_MUCH = frozenset({"credit-exceeds-invoice", "credited-too-much"})


def let_pass(exceptions: Sequence[InvoiceException]) -> bool:
    """Whether somebody allowed it to take back more than the invoice has."""
    return any(not e.is_open and e.mismatch.code in _TOO_MUCH for e in exceptions)
