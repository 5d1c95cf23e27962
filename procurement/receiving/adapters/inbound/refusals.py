"""What the commands on a receipt are refused with, an example of each code, for the OpenAPI document.

No test gets an answer with a code that is missing here.
"""

from collections.abc import Mapping, Sequence

from procurement.kernel.errors import Blocker, Concern
from procurement.platform.http.responses import Refused
from procurement.receiving.domain.expectation import OrderUnknown
from procurement.receiving.domain.lifecycle import Command

UNKNOWN = OrderUnknown(
    "receiving has not heard of order po_01920000-0000-7000-8000-000000000002: check the id, or ask again"
    " shortly"
)
STATE = Blocker("receipt-state", Concern.STATE, "the receipt is Reversed; verify is for a receipt in Open")
NOT_OPEN = Blocker(
    "order-not-open",
    Concern.STATE,
    "order PO-2026-000123 is Closed; goods are received for an order that is Issued or Acknowledged",
)
RECEIVED_BEFORE = Blocker(
    "delivery-note-received",
    Concern.STATE,
    "delivery note DN-4711 of order PO-2026-000123 was received before; reverse that receipt if it was a"
    " mistake",
    "/delivery_note",
)
LINE_REPEATED = Blocker("line-repeated", Concern.CONTENT, "line 1 is named 2 times", "/lines")
NO_SUCH_LINE = Blocker("line-unknown", Concern.CONTENT, "order PO-2026-000123 has no line 7", "/lines/0/line")
NOT_COUNTABLE = Blocker(
    "bad-quantity", Concern.CONTENT, "EA are counted in whole numbers, not 1.5", "/lines/0/received"
)
DELIVERY = (
    LINE_REPEATED,
    NO_SUCH_LINE,
    Blocker(
        "line-goes-back",
        Concern.CONTENT,
        "line 2 is ordered below zero: its goods go back, nothing of it is received",
        "/lines/0/line",
    ),
    NOT_COUNTABLE,
    Blocker(
        "over-receipt",
        Concern.CONTENT,
        "line 1: at most 102 MTR (100 due, over-receipt tolerance 2 %), 60 accepted and 0 awaiting"
        " verification leave room for 42; 50 is 8 too much",
        "/lines/0/received",
    ),
)
INSPECTION = (
    LINE_REPEATED,
    NO_SUCH_LINE,
    NOT_COUNTABLE,
    Blocker(
        "rejected-too-much",
        Concern.CONTENT,
        "61 rejected, but only 60 MTR came",
        "/lines/0/rejected",
    ),
    Blocker("reason-missing", Concern.CONTENT, "say why it was rejected", "/lines/0/reason"),
)
DISCREPANCY_UNKNOWN = Blocker(
    "discrepancy-unknown", Concern.CONTENT, "the receipt has no discrepancy 3", "/discrepancy"
)
RETURNED_TOO_MUCH = Blocker(
    "returned-too-much",
    Concern.CONTENT,
    "line 1: 60 MTR of this receipt are here; 61 cannot go back",
    "/lines/0/quantity",
)
APART = (
    Blocker(
        "receiver-is-requester",
        Concern.AUTHORITY,
        "nobody receives what he, or who delegated to him, ordered",
    ),
    Blocker(
        "receiver-is-approver",
        Concern.AUTHORITY,
        "nobody receives what he, or who delegated to him, approved",
    ),
)
SECOND_PERSON = Blocker(
    "resolver-is-receiver",
    Concern.AUTHORITY,
    "who opened or verified the receipt may not decide on it",
)

REFUSALS: Mapping[Command, Sequence[Refused]] = {
    Command.OPEN: (UNKNOWN, NOT_OPEN, RECEIVED_BEFORE, *DELIVERY, *APART),
    Command.VERIFY: (STATE, NOT_OPEN, *INSPECTION, *APART),
    Command.ASSIGN: (STATE, DISCREPANCY_UNKNOWN, *APART),
    Command.RESOLVE: (STATE, NOT_OPEN, *APART, SECOND_PERSON),
    Command.REJECT: (STATE, *APART, SECOND_PERSON),
    Command.REVERSE: (STATE, *APART),
    Command.RETURN: (STATE, NO_SUCH_LINE, NOT_COUNTABLE, RETURNED_TOO_MUCH, *APART),
}
"""Besides what all commands are refused with."""
