"""How a call ended, in one word: a metric label, a log field and a span attribute at once."""

import asyncio

from procurement.kernel.act import Answered
from procurement.kernel.errors import Failure, Refusal

OK = "ok"


def outcome_of(error: BaseException) -> str:
    match error:
        case Refusal() | Failure():
            return error.code
        case Answered():
            return "answered"
        case asyncio.CancelledError():
            return "cancelled"
        case _:
            return "error"


def is_business(error: BaseException) -> bool:
    """The dependency did its work, and this is what it said."""
    return isinstance(error, Refusal | Answered)
