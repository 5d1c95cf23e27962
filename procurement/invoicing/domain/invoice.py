"""The invoice: what a supplier wants to be paid, and whether that is what we ordered and got."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from procurement.invoicing.domain import content, events
from procurement.invoicing.domain.billing import NOTHING, Billed, billed, limits
from procurement.invoicing.domain.document import Document, Kind
from procurement.invoicing.domain.duplicates import Possible
from procurement.invoicing.domain.exceptions import (
    ENTERED_BY_RECEIVER,
    TIMED_OUT,
    InvoiceException,
    carried_over,
    verdict,
)
from procurement.invoicing.domain.findings import Finding
from procurement.invoicing.domain.guards import Facts, apart, forbidding, has_role, in_order
from procurement.invoicing.domain.lifecycle import LIFECYCLE, Command, State
from procurement.invoicing.domain.matching import Match, Mismatch, match
from procurement.invoicing.domain.ordered import BillableOrder
from procurement.invoicing.domain.original import Original
from procurement.kernel.actor import Actor, Role
from procurement.kernel.aggregate import Aggregate
from procurement.kernel.errors import Blocker, RuleBroken
from procurement.kernel.ids import InvoiceId, OrderId, SupplierId


@dataclass(slots=True, kw_only=True, eq=False)
class Invoice(Aggregate):
    id: InvoiceId
    supplier: SupplierId
    document: Document
    original: Original
    findings: tuple[Finding, ...]
    entered_by: str
    entered_by_persons: frozenset[str]
    """Everybody who answers for its figures: entered or resubmitted it, or delegated that."""
    registered_at: datetime
    order: OrderId | None
    order_number: str | None
    """As the supplier states it, or as a clerk said."""
    duplicates: tuple[Possible, ...] = ()
    """What it might be the second copy of."""
    duplicate_reason: str | None = None
    """Why it is none, where it looked too much like one."""
    state: State = State.REGISTERED
    match: Match | None = None
    exceptions: tuple[InvoiceException, ...] = ()
    raised: int = 0
    """Exceptions, ever."""
    assigned: Mapping[str, int] = field(default_factory=dict)
    """Order line by invoice line, where a clerk said so."""
    resubmissions: int = 0
    resubmitted_at: datetime | None = None
    timed_out: bool = False
    corrects: InvoiceId | None = None
    """For a credit note."""
    counted: Mapping[int, Billed] = field(default_factory=dict)
    """What it takes up, per order line that it was ever matched to."""
    limits: Mapping[int, Decimal | None] = field(default_factory=dict)
    """Up to where the order lines may be billed by now; None where somebody released it. Not kept: whoever
    stores the invoice holds it against all others."""

    @classmethod
    def register(  # noqa: PLR0913 - an invoice is made of that much
        cls,
        *,
        id: InvoiceId,  # noqa: A002 - the field's name
        supplier: SupplierId,
        document: Document,
        original: Original,
        findings: tuple[Finding, ...],
        duplicates: tuple[Possible, ...],
        duplicate_reason: str | None,
        order: BillableOrder | None,
        order_number: str | None,
        by: Actor,
        at: datetime,
    ) -> "Invoice":
        """Raise RuleBroken with everything that forbids it: a duplicate, the person."""
        blocking = () if duplicate_reason else tuple(p for p in duplicates if p.blocks)
        found = [
            *(possible.blocker for possible in blocking),
            *has_role(Command.REGISTER, by),
            *apart(by, order),
        ]
        if found:
            raise RuleBroken(*in_order(found))
        invoice = cls(
            id=id,
            supplier=supplier,
            document=document,
            original=original,
            findings=findings,
            duplicates=duplicates,
            duplicate_reason=duplicate_reason,
            entered_by=by.person,
            entered_by_persons=by.persons,
            registered_at=at,
            order=order.order if order else None,
            order_number=order_number,
        )
        invoice._record(events.InvoiceRegistered(before=None, after=State.REGISTERED))
        return invoice

    @property
    def is_credit(self) -> bool:
        return self.document.kind is Kind.CREDIT_NOTE

    def rematch(self, *, by: Actor, facts: Facts) -> bool:
        """Whether anything is different now; if not, nothing happened and there is nothing to store."""
        if self.state not in LIFECYCLE[Command.MATCH].moves:
            return False
        self._ask(Command.MATCH, by, facts.order)
        fresh, exceptions = seen = self._looked_at(facts)
        after = verdict(exceptions)
        if after is self.state and (after is State.MATCHED or self._knows(fresh, exceptions)):
            return False
        self._conclude(seen, facts, after)
        self._move(Command.MATCH, events.OF_A_MATCH[after], after)
        return True

    def time_out(self, *, by: Actor, at: datetime, facts: Facts) -> None:
        overdue = content.not_overdue(self.resubmitted_at or self.registered_at, at, facts.policy)
        self._ask(Command.TIME_OUT, by, facts.order, *overdue)
        self.timed_out = True
        found = [*(exception.mismatch for exception in self.exceptions), TIMED_OUT]
        self._keep(carried_over(self.exceptions, found, self.raised))
        self._move(Command.TIME_OUT, events.InvoiceTimedOut, State.DISPUTED, "timeout")

    def assign(self, number: int, owner: str, *, by: Actor, order: BillableOrder | None) -> None:
        self._ask(Command.ASSIGN, by, order, *content.not_open(number, self.exceptions))
        self._keep(tuple(replace(e, owner=owner) if e.number == number else e for e in self.exceptions))
        self._move(Command.ASSIGN, events.InvoiceExceptionAssigned, self.state)

    def release(self, number: int, reason: str, *, by: Actor, facts: Facts) -> None:
        """Let one difference pass; when it was the last one, the invoice is matched."""
        fresh, looked_at = self._looked_at(facts)
        changed = content.moved_on(number, self.exceptions, looked_at)
        self._ask(Command.RELEASE, by, facts.order, *content.not_open(number, self.exceptions), *changed)
        exceptions = tuple(
            replace(e, released_by=by.person, release_reason=reason) if e.number == number else e
            for e in looked_at
        )
        matched = verdict(exceptions) is State.MATCHED
        event = events.InvoiceMatchedAfterAll if matched else events.InvoiceExceptionReleased
        after = State.MATCHED if matched else self.state
        self._conclude((fresh, exceptions), facts, after)
        self._move(Command.RELEASE, event, after, reason)

    def resubmit(
        self,
        reason: str,
        order: BillableOrder | None,
        assigned: Mapping[str, int],
        *,
        by: Actor,
        at: datetime,
    ) -> None:
        """Say which order is meant and which of its lines; the match follows, and its days count anew."""
        unknown = content.unknown_lines(assigned, self.document, order)
        self._ask(Command.RESUBMIT, by, order, *unknown)
        if order:
            self.order, self.order_number = order.order, order.number
        self.assigned = {**self.assigned, **assigned}
        self.entered_by_persons |= by.persons
        self.resubmissions, self.resubmitted_at = self.resubmissions + 1, at
        self.timed_out = False
        self._move(Command.RESUBMIT, events.InvoiceResubmitted, State.MATCHING, reason)

    def reject(self, reason: str, *, by: Actor, order: BillableOrder | None) -> None:
        self._ask(Command.REJECT, by, order)
        self._move(Command.REJECT, events.InvoiceRejected, State.REJECTED, reason)

    def cancel(self, reason: str, *, by: Actor, order: BillableOrder | None) -> None:
        self._ask(Command.CANCEL, by, order)
        self._move(Command.CANCEL, events.InvoiceCancelled, State.CANCELLED, reason)

    def actions(self, actor: Actor, order: BillableOrder | None) -> dict[Command, tuple[Blocker, ...]]:
        """Every command there is, each with what forbids it now; nothing where it is allowed."""
        asked = [command for command in Command if command is not Command.REGISTER]
        return {command: tuple(forbidding(self, command, actor, order)) for command in asked}

    def _looked_at(self, facts: Facts) -> "Look":
        fresh = match(
            self.document,
            facts.order,
            facts.policy,
            assigned=self.assigned,
            findings=self.findings,
            corrected=facts.corrected,
        )
        exceptions = carried_over(self.exceptions, [*fresh.mismatches, *self._of_persons(facts)], self.raised)
        if self.timed_out and any(exception.is_open for exception in exceptions):
            found = [*(exception.mismatch for exception in exceptions), TIMED_OUT]
            exceptions = carried_over(self.exceptions, found, self.raised)
        return fresh, exceptions

    def _knows(self, fresh: Match, exceptions: tuple[InvoiceException, ...]) -> bool:
        """Where the order is on its way is of interest only while it makes a difference."""
        known = self.match and (self.match.result, self.match.lines, self.match.policy, self.exceptions)
        return known == (fresh.result, fresh.lines, fresh.policy, exceptions)

    def _of_persons(self, facts: Facts) -> tuple[Mismatch, ...]:
        receivers = facts.order.receivers if facts.order else frozenset()
        return () if receivers.isdisjoint(self.entered_by_persons) else (ENTERED_BY_RECEIVER,)

    def _conclude(self, seen: "Look", facts: Facts, after: State) -> None:
        self.match, exceptions = seen
        self._keep(exceptions)
        if facts.order:
            self.order, self.order_number = facts.order.order, facts.order.number
        self.corrects = facts.corrected.invoice if facts.corrected else None
        if after is State.MATCHED:
            self.timed_out = False
            self.counted = {**self._nothing(), **billed(self.match)}
            self.limits = limits(self.match, exceptions)

    def _keep(self, exceptions: tuple[InvoiceException, ...]) -> None:
        self.exceptions = exceptions
        self.raised = max((self.raised, *(exception.number for exception in exceptions)))

    def _nothing(self) -> dict[int, Billed]:
        return dict.fromkeys(self.counted, NOTHING)

    def _ask(self, command: Command, by: Actor, order: BillableOrder | None, *found: Blocker) -> None:
        blockers = in_order([*forbidding(self, command, by, order), *found])
        if blockers:
            raise RuleBroken(*blockers)

    def _move(
        self, command: Command, event: type[events.InvoiceEvent], after: State, reason: str | None = None
    ) -> None:
        assert after in LIFECYCLE[command].moves[self.state], f"{command} cannot lead to {after}"  # noqa: S101 - the table binds us
        if after is not State.MATCHED:
            self.counted, self.limits = self._nothing(), {}
        before, self.state = self.state, after
        self._record(event(before=before, after=after, reason=reason))


Look: TypeAlias = tuple[Match, tuple[InvoiceException, ...]]

SYSTEM = Actor(person="system", roles=frozenset({Role.SYSTEM}))
"""Acts on events where no person does."""
