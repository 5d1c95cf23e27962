"""A supplier's invoice or credit note in UBL 2.1, read as what it says: every amount as it is stated."""

from procurement.invoicing.adapters.inbound.ubl.documents import read
from procurement.invoicing.adapters.inbound.ubl.faults import Fault, Unreadable
from procurement.invoicing.adapters.inbound.ubl.xml import LARGEST

__all__ = ["LARGEST", "Fault", "Unreadable", "read"]
