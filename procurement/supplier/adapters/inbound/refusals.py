"""What the commands on a supplier are refused with, an example of each code, for the OpenAPI document.

No test gets an answer with a code that is missing here.
"""

from collections.abc import Mapping, Sequence

from procurement.kernel.errors import Blocker, Concern
from procurement.platform.http.responses import Refused
from procurement.supplier.domain.lifecycle import Command

STATE = Blocker(
    "supplier-state", Concern.STATE, "the supplier is Approved; revise is for a supplier in Pending"
)
DECLARATION = (
    Blocker(
        "name-invalid",
        Concern.CONTENT,
        "a name has 1 to 200 printable characters and no blank at either end",
        "/name",
    ),
    Blocker("identifier-repeated", Concern.CONTENT, "VAT:DE136695976 is named twice", "/identifiers/1"),
)
REVIEW = (
    Blocker("document-missing", Concern.CONTENT, "there is no TaxClearance on record"),
    Blocker("document-expired", Concern.CONTENT, "the TaxClearance on record is no longer valid"),
    Blocker(
        "risk-score-invalid",
        Concern.CONTENT,
        "a risk score is between 0 and 1 with at most 4 decimals",
        "/risk_score",
    ),
    Blocker(
        "risk-score-too-low",
        Concern.CONTENT,
        "approval needs a risk score of 0.6 or more, this is 0.41",
        "/risk_score",
    ),
    Blocker(
        "reviewer-prepared-it",
        Concern.AUTHORITY,
        "nobody approves what he, or who delegated to him, registered or revised",
    ),
)
HOLD = (
    Blocker("hold-exists", Concern.STATE, "the supplier is already on hold for orders"),
    Blocker(
        "hold-in-the-past",
        Concern.CONTENT,
        "2026-11-20 has passed, the hold would never bind",
        "/until",
    ),
)
RELEASE = (
    Blocker("hold-missing", Concern.STATE, "the supplier is not on hold for orders"),
    Blocker("not-the-releaser", Concern.AUTHORITY, "the hold for orders is released by finance"),
)

REFUSALS: Mapping[Command, Sequence[Refused]] = {
    Command.REGISTER: DECLARATION,
    Command.REVISE: (STATE, *DECLARATION),
    Command.APPROVE: (STATE, *REVIEW),
    Command.SUSPEND: (STATE,),
    Command.REINSTATE: (STATE,),
    Command.BLACKLIST: (STATE,),
    Command.PLACE_HOLD: (STATE, *HOLD),
    Command.RELEASE_HOLD: (STATE, *RELEASE),
}
"""Besides what all commands are refused with."""
