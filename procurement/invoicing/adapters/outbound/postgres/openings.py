"""What a registration rests on, in one round trip: the command, the order, and what it might be a copy of."""

from typing import Any, LiteralString

import msgspec

from procurement.invoicing.adapters.outbound.postgres.orders import NAMED, ORDER
from procurement.invoicing.app.ports import Registration
from procurement.invoicing.domain.document import Document
from procurement.invoicing.domain.duplicates import Candidate, looser, normalised
from procurement.kernel.ids import SupplierId
from procurement.platform.postgres.database import scoped
from procurement.platform.postgres.record import SEEN

_THEIRS: LiteralString = (
    "SELECT c.id, c.kind, c.number, c.issued, c.total, c.currency, c.sha256, c.order_number"
    " FROM invoicing.invoices c WHERE c.tenant_id = scope.tenant_id AND c.supplier_id ="
    " CASE WHEN %(supplier)s::uuid IS NOT NULL THEN %(supplier)s::uuid ELSE o.supplier_id END"
    " AND c.state NOT IN ('Rejected', 'Cancelled')"
)
_ALIKE: LiteralString = f"""
SELECT DISTINCT ON (c.id) c.* FROM (
  SELECT 1 AS place, k.* FROM ({_THEIRS} AND c.kind = %(kind)s AND c.number_key = %(number_key)s LIMIT 20) k
  UNION ALL SELECT 2, k.* FROM ({_THEIRS} AND c.sha256 = %(sha256)s LIMIT 20) k
  UNION ALL SELECT 3, k.* FROM (
    {_THEIRS} AND c.kind = %(kind)s AND c.number_loose = %(number_loose)s LIMIT 20) k
  UNION ALL SELECT 4, k.* FROM (
    {_THEIRS} AND c.kind = %(kind)s AND c.total = %(total)s
    AND c.issued BETWEEN %(issued)s::date - 45 AND %(issued)s::date + 45 LIMIT 20) k
) c ORDER BY c.id, c.place
"""
"""The surest first, so that no crowd of equal amounts hides the same number; each way has an index."""

_CANDIDATES: LiteralString = f"""
(SELECT json_agg(json_build_object(
          'invoice', c.id, 'kind', c.kind, 'number', c.number, 'issued', c.issued, 'total', c.total,
          'currency', c.currency, 'sha256', c.sha256, 'order_number', c.order_number))::text
 FROM (SELECT * FROM ({_ALIKE}) c ORDER BY c.place, c.id LIMIT 20) c)
"""

OPENING = scoped(
    f"SELECT seen.fingerprint, seen.answer, {_CANDIDATES}, {ORDER} FROM (SELECT 1) one {SEEN}"
    f" LEFT JOIN invoicing.orders o ON {NAMED}"
)

CANDIDATES = scoped(
    f"SELECT seen.fingerprint, seen.answer, {_CANDIDATES} FROM (SELECT NULL::uuid AS supplier_id) o {SEEN}"
)

_read_candidates = msgspec.json.Decoder(tuple[Candidate, ...]).decode


def asked_for(registration: Registration) -> dict[str, Any]:
    return {
        **alike(registration.document, registration.original.sha256, registration.supplier),
        "order": registration.order,
        "order_number": registration.document.order_number,
        "without": None,
    }


def alike(document: Document, sha256: str, supplier: SupplierId | None) -> dict[str, Any]:
    return {
        "supplier": supplier,
        "kind": document.kind.value,
        "number_key": normalised(document.number),
        "number_loose": looser(document.number),
        "sha256": sha256,
        "total": document.totals.with_vat,
        "issued": document.issued,
    }


def candidates_from(stored: str | None) -> tuple[Candidate, ...]:
    return _read_candidates(stored or "[]")
