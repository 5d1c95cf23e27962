"""What the commands on an order are refused with, an example of each code, for the OpenAPI document.

No test gets an answer with a code that is missing here.
"""

from collections.abc import Mapping, Sequence

from procurement.kernel.errors import Blocker, Concern
from procurement.platform.http.responses import Refused
from procurement.purchasing.domain.lifecycle import Command
from procurement.purchasing.domain.standing import SupplierPending, SupplierUnknown

_SUPPLIER = "sup_01920000-0000-7000-8000-000000000001"

UNKNOWN = SupplierUnknown(
    f"purchasing has not heard of supplier {_SUPPLIER}: check the id, or ask again shortly"
)
PENDING = SupplierPending(f"supplier {_SUPPLIER} is not approved yet")

STATE = Blocker(
    "order-state", Concern.STATE, "the order is Draft; approve is for an order in AwaitingApproval"
)
NOT_ELIGIBLE = Blocker(
    "supplier-not-eligible",
    Concern.STATE,
    f"supplier {_SUPPLIER} is Suspended: no orders go to it",
    "/supplier_id",
)
NOTHING_CAME = (
    Blocker(
        "goods-received",
        Concern.STATE,
        "goods came (12 of line 1): return them, or close the rest short",
    ),
    Blocker(
        "order-billed",
        Concern.STATE,
        "invoices count (12 of line 1): have them credited, or close the rest short",
    ),
)
CONTENT = (
    Blocker(
        "currency-mixed",
        Concern.CONTENT,
        "the order is in EUR, this price in USD",
        "/lines/0/price/currency",
    ),
    Blocker(
        "total-negative", Concern.CONTENT, "the total is -25.00 EUR: more goes back than comes", "/lines"
    ),
    Blocker("total-too-large", Concern.CONTENT, "the total is out of range", "/lines"),
)
RATE_MISSING = Blocker(
    "exchange-rate-missing",
    Concern.CONTENT,
    "the purchasing policy has no rate of USD into EUR",
    "/currency",
)
NOT_OPEN = Blocker(
    "quantity-not-open",
    Concern.CONTENT,
    "line 1 has 2 open; 3 cannot be closed short",
    "/lines/0/quantity",
)
LINE_UNKNOWN = Blocker("line-unknown", Concern.CONTENT, "the order has no line 7", "/lines/0/line")
NOT_THE_REQUESTER = Blocker(
    "not-the-requester", Concern.AUTHORITY, "only who requested the order may do this"
)
ENTITLED_TO_APPROVE = (
    Blocker(
        "approver-is-requester",
        Concern.AUTHORITY,
        "nobody approves what he, or who delegated to him, requested",
    ),
    Blocker("approved-before", Concern.AUTHORITY, "nobody approves an order twice"),
    Blocker(
        "approval-level-insufficient",
        Concern.AUTHORITY,
        "the order is missing an approval of level L2, yours is L1",
    ),
)
ENTITLED_TO_ISSUE = (
    Blocker("issuer-role", Concern.AUTHORITY, "the policy lets finance issue"),
    Blocker("issuer-is-approver", Concern.AUTHORITY, "who approved the order may not issue it"),
)
NOT_YOUR_ORDER = Blocker("not-your-order", Concern.AUTHORITY, "the order is another supplier's")

REFUSALS: Mapping[Command, Sequence[Refused]] = {
    Command.CREATE: (UNKNOWN, PENDING, NOT_ELIGIBLE, *CONTENT),
    Command.REVISE: (STATE, NOT_ELIGIBLE, *CONTENT, NOT_THE_REQUESTER),
    Command.SUBMIT: (STATE, RATE_MISSING, NOT_THE_REQUESTER),
    Command.APPROVE: (STATE, *ENTITLED_TO_APPROVE),
    Command.REJECT: (STATE, *ENTITLED_TO_APPROVE),
    Command.ISSUE: (STATE, NOT_ELIGIBLE, *ENTITLED_TO_ISSUE),
    Command.ACKNOWLEDGE: (STATE, LINE_UNKNOWN, NOT_YOUR_ORDER),
    Command.CANCEL: (STATE, *NOTHING_CAME),
    Command.CLOSE_SHORT: (STATE, LINE_UNKNOWN, NOT_OPEN),
    Command.DISPUTE: (STATE,),
    Command.RESOLVE: (STATE, *NOTHING_CAME),
}
"""Besides what all commands are refused with."""
