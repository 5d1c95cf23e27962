"""What the commands on an invoice are refused with, an example of each code, for the OpenAPI document.

No test gets an answer with a code that is missing here.
"""

from collections.abc import Mapping, Sequence

from procurement.invoicing.adapters.inbound.intake import UNREADABLE
from procurement.invoicing.domain.lifecycle import Command
from procurement.invoicing.domain.ordered import OrderUnknown
from procurement.kernel.errors import Blocker, Concern
from procurement.platform.http.problems import FieldError, Problem
from procurement.platform.http.responses import Refused

_NOT_A_NUMBER = FieldError(
    pointer="/Invoice/LegalMonetaryTotal/PayableAmount", code="not-a-number", detail="'12,50' is no number"
)

UNKNOWN = OrderUnknown(
    "invoicing has not heard of order po_01920000-0000-7000-8000-000000000002: check the id, or ask again"
    " shortly"
)
NOT_READ = Problem(UNREADABLE, f"{_NOT_A_NUMBER.pointer}: {_NOT_A_NUMBER.detail}", errors=[_NOT_A_NUMBER])
STATE = Blocker(
    "invoice-state",
    Concern.STATE,
    "the invoice is Matched; release is for an invoice in Disputed, Matching",
)
DUPLICATE = Blocker(
    "duplicate-invoice",
    Concern.STATE,
    "it looks like inv_01920000-0000-7000-8000-000000000004 (number RE-2026/4711): the same number; if it is"
    " another one, say why in duplicate_reason",
)
EXCEPTION_CHANGED = Blocker(
    "exception-changed",
    Concern.STATE,
    "exception 1 has other figures by now: settled; read the invoice again",
)
USED_UP = Blocker(
    "resubmissions-used-up",
    Concern.STATE,
    "it was resubmitted 3 times: release its exceptions or reject it",
)
ANOTHERS_ORDER = Blocker(
    "order-of-another-supplier",
    Concern.CONTENT,
    "order PO-2026-000123 is with sup_01920000-0000-7000-8000-000000000009",
    "/order_id",
)
SUPPLIER_MISSING = Blocker(
    "supplier-missing",
    Concern.CONTENT,
    "the document states no order that is known here: say supplier_id or order_id",
    "/supplier_id",
)
OPEN_EXCEPTION = (
    Blocker("exception-unknown", Concern.CONTENT, "the invoice has no exception 3", "/exception"),
    Blocker("exception-released", Concern.CONTENT, "finn.finance released exception 1 before", "/exception"),
)
LINES = (
    Blocker("line-unknown", Concern.CONTENT, "the invoice has no line '7'", "/lines/0/line"),
    Blocker(
        "order-line-unknown",
        Concern.CONTENT,
        "order PO-2026-000123 has no line 7",
        "/lines/0/order_line",
    ),
)
APART = Blocker(
    "enterer-is-receiver",
    Concern.AUTHORITY,
    "nobody enters the invoice for goods that he, or who delegated to him, received",
)
SECOND_PERSON = (
    Blocker(
        "releaser-is-enterer",
        Concern.AUTHORITY,
        "who entered or resubmitted the invoice may not release it",
    ),
    Blocker(
        "releaser-is-requester",
        Concern.AUTHORITY,
        "who ordered the goods may not release their invoice",
    ),
    Blocker(
        "releaser-is-receiver",
        Concern.AUTHORITY,
        "who received the goods may not release their invoice",
    ),
)

REFUSALS: Mapping[Command, Sequence[Refused]] = {
    Command.REGISTER: (UNKNOWN, NOT_READ, DUPLICATE, ANOTHERS_ORDER, SUPPLIER_MISSING, APART),
    Command.ASSIGN: (STATE, *OPEN_EXCEPTION),
    Command.RELEASE: (STATE, EXCEPTION_CHANGED, *OPEN_EXCEPTION, *SECOND_PERSON),
    Command.RESUBMIT: (UNKNOWN, STATE, USED_UP, ANOTHERS_ORDER, *LINES, APART),
    Command.REJECT: (STATE,),
    Command.CANCEL: (STATE,),
}
"""Besides what all commands are refused with."""
