"""What the supplier API takes: field by field the public contract, and how it becomes the trade's values."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct

from procurement.kernel.actor import Role
from procurement.platform.http.decoding import matching
from procurement.platform.http.fields import Fields
from procurement.supplier.domain.identifiers import Identifier
from procurement.supplier.domain.record import Declaration, Document, DocumentKind, Hold, Scope

_LINE = r"[^\x00-\x1f\x7f\s]([^\x00-\x1f\x7f]*[^\x00-\x1f\x7f\s])?"
_TEXT = r"[^\x00-\x1f\x7f\s]([^\x00-\x09\x0b-\x1f\x7f]*[^\x00-\x1f\x7f\s])?"

Name = Annotated[
    str,
    matching(
        _LINE,
        min_length=1,
        max_length=200,
        description="The name it trades under.",
        examples=["Muster Papier GmbH"],
    ),
]
Reason = Annotated[
    str,
    matching(
        _TEXT,
        min_length=1,
        max_length=1000,
        description="Why, for the record.",
        examples=["Certificate under question"],
    ),
]
LastDay = Annotated[
    date | None,
    Meta(description="The last day (UTC) on which it counts; null: without end.", examples=["2027-06-30"]),
]


class IdentifierBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry in a register of the world; normalised, and refused when its check digits are wrong."""

    scheme: Annotated[
        str,
        matching(
            "[A-Z0-9]{2,4}",
            description="VAT, or a code of the EAS list: 0088 GLN, 0060 DUNS, 0199 LEI, EM e-mail, …",
            examples=["VAT"],
        ),
    ]
    value: Annotated[
        str,
        matching(
            r"[^\x00-\x1f\x7f]+",
            min_length=1,
            max_length=250,
            description="As you write it.",
            examples=["DE 136695976"],
        ),
    ]


class DocumentBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Proof that is kept elsewhere."""

    kind: DocumentKind
    reference: Annotated[
        str,
        matching(_LINE, min_length=1, max_length=200, description="Where to find it.", examples=["HRB 4711"]),
    ]
    valid_until: LastDay = None


class DeclarationBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a supplier is said to be; a revision replaces all of it."""

    name: Name
    identifiers: Annotated[list[IdentifierBody], Meta(min_length=1, max_length=20)]
    documents: Annotated[list[DocumentBody], Meta(max_length=50)] = []


class ApproveBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    risk_score: Annotated[
        str,
        matching(
            r"[0-9](\.[0-9]{1,4})?",
            description="0 (stay away) to 1 (safe), as a string; 0.6 at least.",
            examples=["0.82"],
        ),
    ]


class ReasonBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


class PlaceHoldBody(ReasonBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    scope: Scope
    releaser: Annotated[
        Literal["supplier_approver", "finance", "treasurer"],
        Meta(description="The role that may release it."),
    ]
    until: LastDay = None


class ReleaseHoldBody(ReasonBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    scope: Scope


def declaration_of(body: DeclarationBody) -> Declaration:
    """Every identifier that cannot be is told at once."""
    with Fields() as found:
        identifiers = tuple(
            found.take(f"/identifiers/{place}", lambda sent=sent: Identifier.of(sent.scheme, sent.value))  # type: ignore[misc]
            for place, sent in enumerate(body.identifiers)
        )
    documents = tuple(Document(sent.kind, sent.reference, sent.valid_until) for sent in body.documents)
    return Declaration(name=body.name, identifiers=identifiers, documents=documents)


def hold_of(body: PlaceHoldBody) -> Hold:
    return Hold(scope=body.scope, reason=body.reason, releaser=Role(body.releaser), until=body.until)


def score_of(body: ApproveBody) -> Decimal:
    return Decimal(body.risk_score)
