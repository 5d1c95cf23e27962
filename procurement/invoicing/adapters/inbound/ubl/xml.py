"""Bytes to a tree, and nothing else: no document type, no entity, no network, an end to size and number."""

from typing import Any

from lxml import etree

from procurement.invoicing.adapters.inbound.ubl.faults import Fault, Unreadable

LARGEST = 20 * 1024 * 1024
"""Bytes: room for a few attachments."""
MOST_MARKS = 1_500_000
"""`<` and `=`, so elements and attributes: each takes far more memory than its bytes. 10,000 lines that say
all that a line can say have a million."""


def root_of(document: bytes) -> Any:
    """Raise Unreadable. libxml2 itself stops at 256 levels, 10 MB in one text and entities that grow."""
    if len(document) > LARGEST:
        raise refusal("too-large", f"larger than {LARGEST // 1024**2} MiB")
    if document.count(b"<") + document.count(b"=") > MOST_MARKS:
        raise refusal("too-large", f"more than {MOST_MARKS:,} elements and attributes")
    try:
        root = etree.fromstring(document, _parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise refusal("not-xml", f"not XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise refusal("document-type", "it brings its own document type (DTD), which no UBL document has")
    return root


def _parser() -> Any:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=True,
    )


def refusal(code: str, detail: str) -> Unreadable:
    return Unreadable([Fault(code, "/", detail)])
