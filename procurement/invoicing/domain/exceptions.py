"""A difference as an object: who looks after it, and who let it pass with what reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from procurement.invoicing.domain.lifecycle import State
from procurement.invoicing.domain.matching import Mismatch, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceException:
    number: int
    """Within the invoice, from 1, never used again."""
    mismatch: Mismatch
    owner: str | None = None
    released_by: str | None = None
    release_reason: str | None = None

    @property
    def is_open(self) -> bool:
        return self.released_by is None

    @property
    def waits(self) -> bool:
        return self.is_open and self.mismatch.waits


TIMED_OUT = Mismatch(
    reason=Reason.OTHER,
    code="not-matched-in-time",
    line=None,
    detail="it was not matched within the days that the policy gives it",
)

ENTERED_BY_RECEIVER = Mismatch(
    reason=Reason.OTHER,
    code="enterer-is-receiver",
    line=None,
    detail="who entered it also received goods of the order: a second person must look at it",
)


def carried_over(
    known: Sequence[InvoiceException], found: Sequence[Mismatch], raised: int
) -> tuple[InvoiceException, ...]:
    """The exceptions of a new match, in its order. One that was there before keeps its number and its owner;
    it stays released while it is about the same figures. `raised` is how many there ever were."""
    before = {_key(exception.mismatch): exception for exception in known}
    exceptions = []
    for mismatch in found:
        exception = before.get(_key(mismatch))
        if exception is None:
            raised += 1
            exception = InvoiceException(number=raised, mismatch=mismatch)
        elif _figures(exception.mismatch) != _figures(mismatch):
            exception = replace(exception, mismatch=mismatch, released_by=None, release_reason=None)
        exceptions.append(exception)
    return tuple(exceptions)


def verdict(exceptions: Sequence[InvoiceException]) -> State:
    """Where the exceptions leave their invoice."""
    unsettled = [exception for exception in exceptions if exception.is_open]
    if not unsettled:
        return State.MATCHED
    return State.MATCHING if all(exception.waits for exception in unsettled) else State.DISPUTED


def _key(mismatch: Mismatch) -> tuple[object, ...]:
    return mismatch.reason, mismatch.code, mismatch.line


def _figures(mismatch: Mismatch) -> tuple[object, ...]:
    return mismatch.stated, mismatch.expected, mismatch.at_risk
