"""What we hold of an invoice or credit note, as UBL 2.1: every amount goes out as it came in."""

from procurement.invoicing.adapters.outbound.ubl.documents import write

__all__ = ["write"]
