"""A document as JSON, field by field as domain/document.py has it: the same shape comes in and goes out."""

from procurement.invoicing.adapters.inbound.documents.document import InvoiceDocumentBody

__all__ = ["InvoiceDocumentBody"]
