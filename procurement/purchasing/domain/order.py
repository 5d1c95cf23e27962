"""The purchase order: what we ask a supplier for, and who agreed to pay for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from procurement.kernel.actor import Actor, Role
from procurement.kernel.aggregate import Aggregate
from procurement.kernel.errors import Blocker, RuleBroken
from procurement.kernel.ids import InvoiceId, OrderId, SupplierId, id_text
from procurement.kernel.money import Money
from procurement.purchasing.domain import events
from procurement.purchasing.domain.approval import Approval, ApprovalRound
from procurement.purchasing.domain.content import Content
from procurement.purchasing.domain.dispute import Dispute
from procurement.purchasing.domain.guards import (
    Facts,
    forbidding,
    in_order,
    issued,
    nothing_came,
    supplier_eligible,
)
from procurement.purchasing.domain.lifecycle import LIFECYCLE, Command, State
from procurement.purchasing.domain.line import CounterProposal
from procurement.purchasing.domain.progress import LineBilling, LineReceipts, OrderProgress, Status
from procurement.purchasing.domain.release import not_open, unknown_lines
from procurement.purchasing.domain.standing import SupplierPending, SupplierStanding


@dataclass(slots=True, kw_only=True, eq=False)
class PurchaseOrder(Aggregate):
    id: OrderId
    number: str
    supplier: SupplierId
    requested_by: str
    requested_on_behalf_of: str | None
    created_at: datetime
    content: Content
    state: State = State.DRAFT
    revision: int = 1
    """Grows with every revision of the content; the lines of earlier ones are kept."""
    approval: ApprovalRound | None = None
    issued_at: datetime | None = None
    proposals: tuple[CounterProposal, ...] = ()
    closed_short: Mapping[int, Decimal] = field(default_factory=dict)
    """Quantity released per line number."""
    dispute: Dispute | None = None
    receipts: Mapping[int, LineReceipts] = field(default_factory=dict)
    """Per line number, as the receipts were summed up last."""
    billing: Mapping[int, LineBilling] = field(default_factory=dict)
    """Per line number, as the invoices were summed up last."""
    _reckoned: tuple[tuple[Any, ...], OrderProgress] | None = field(default=None, init=False, repr=False)

    @classmethod
    def create(  # noqa: PLR0913 - an order is made of that much
        cls,
        *,
        id: OrderId,  # noqa: A002 - the field's name
        number: str,
        standing: SupplierStanding,
        content: Content,
        by: Actor,
        at: datetime,
    ) -> "PurchaseOrder":
        """Raise RuleBroken when the supplier takes no orders or the content cannot be ordered, and
        SupplierPending when the supplier may take some soon."""
        if standing.status == "Pending":
            raise SupplierPending(f"supplier {id_text('sup', standing.supplier)} is not approved yet")
        if blockers := (*supplier_eligible(standing, at), *content.blockers()):
            raise RuleBroken(*blockers)
        order = cls(
            id=id,
            number=number,
            supplier=standing.supplier,
            requested_by=by.person,
            requested_on_behalf_of=by.on_behalf_of,
            created_at=at,
            content=content,
        )
        order._record(events.PurchaseOrderCreated(before=None, after=State.DRAFT))
        return order

    @property
    def currency(self) -> str:
        return self.content.currency

    @property
    def total(self) -> Money:
        return self.content.total

    @property
    def requester(self) -> frozenset[str]:
        """Everybody who answers for the request: who made it and in whose name."""
        behalf = self.requested_on_behalf_of
        return frozenset({self.requested_by} | ({behalf} if behalf else set()))

    def progress(self) -> OrderProgress:
        """Reckoned anew when something that it rests on was replaced: nothing of it changes in place."""
        rests_on = (self.content.lines, self.closed_short, self.receipts, self.billing)
        if self._reckoned is None or self._reckoned[0] != rests_on:
            self._reckoned = rests_on, OrderProgress.of(*rests_on)
        return self._reckoned[1]

    @property
    def status(self) -> Status:
        return self.progress().status(self.state)

    @property
    def waiting_since(self) -> datetime | None:
        """While it waits for approval and nobody was told that this takes too long."""
        if self.state is not State.AWAITING_APPROVAL or self.approval is None or self.approval.escalated_at:
            return None
        return self.approval.submitted_at

    @property
    def is_done(self) -> bool:
        """What came and was billed in full is still to be paid; what was closed short has no such end."""
        return any(self.closed_short.values()) and self.progress().is_settled

    def revise(self, content: Content, *, by: Actor, facts: Facts) -> None:
        self._ask(Command.REVISE, by, facts, *content.blockers())
        self.content = content
        self.revision += 1
        self._move(events.PurchaseOrderRevised, State.DRAFT)

    def submit(self, *, by: Actor, facts: Facts) -> None:
        """Fix the rate and the tiers: what the approvers see is what later rates cannot change."""
        self._ask(Command.SUBMIT, by, facts)
        rate = facts.policy.rate_of(self.currency)
        assert rate is not None, "a guard of submit"  # noqa: S101 - tells mypy what the guard holds
        base_total = facts.policy.in_base_currency(self.total, rate)
        self.approval = ApprovalRound(
            base_total=base_total,
            rate=rate,
            policy_version=facts.policy.version,
            required=facts.policy.levels_for(base_total),
            submitted_at=facts.at,
        )
        self._move(events.PurchaseOrderSubmitted, State.AWAITING_APPROVAL)

    def approve(self, *, by: Actor, facts: Facts, reason: str | None = None) -> None:
        """Fill the highest missing tier within the approver's level; the last one approves the order."""
        self._ask(Command.APPROVE, by, facts)
        tier = self.approval.tier_for(by) if self.approval else None
        assert self.approval is not None and tier is not None, "a guard of approve"  # noqa: S101, PT018 - for mypy
        approval = Approval(
            person=by.person, on_behalf_of=by.on_behalf_of, level=tier, version=self.version, at=facts.at
        )
        self.approval = self.approval.with_(approval)
        after = State.AWAITING_APPROVAL if self.approval.missing else State.APPROVED
        self._move(events.PurchaseOrderApproved, after, approval=approval, reason=reason)

    def reject(self, reason: str, *, by: Actor, facts: Facts) -> None:
        self._ask(Command.REJECT, by, facts)
        self.approval = None
        self._move(events.PurchaseOrderRejected, State.DRAFT, reason=reason)

    def escalate(self, *, by: Actor, facts: Facts) -> None:
        """It waits too long for its approvers: they are the same, but somebody should look."""
        self._ask(Command.ESCALATE, by, facts)
        assert self.approval is not None, "an order that waits has its round"  # noqa: S101 - for mypy
        self.approval = replace(self.approval, escalated_at=facts.at)
        self._move(events.PurchaseOrderEscalated, State.AWAITING_APPROVAL)

    def issue(self, *, by: Actor, facts: Facts) -> None:
        """From here on the lines are frozen: the supplier has them."""
        self._ask(Command.ISSUE, by, facts)
        self.issued_at = facts.at
        self._move(events.PurchaseOrderIssued, State.ISSUED)

    def acknowledge(self, proposals: Sequence[CounterProposal], *, by: Actor, facts: Facts) -> None:
        unknown = unknown_lines(self.content, [p.line for p in proposals], "/proposals")
        self._ask(Command.ACKNOWLEDGE, by, facts, *unknown)
        self.proposals = tuple(proposals)
        self._move(events.PurchaseOrderAcknowledged, State.ACKNOWLEDGED, proposals=self.proposals)

    def cancel(self, reason: str, *, by: Actor, facts: Facts) -> None:
        self._ask(Command.CANCEL, by, facts)
        self._move(events.PurchaseOrderCancelled, State.CANCELLED, reason=reason)

    def close_short(
        self, reason: str, release: Mapping[int, Decimal] | None, *, by: Actor, facts: Facts
    ) -> None:
        """Give up quantities, per line number; everything that is still open where none are named."""
        left = {n: line.still_open for n, line in self.progress().lines.items()}
        released = {n: q for n, q in left.items() if q} if release is None else dict(release)
        self._ask(Command.CLOSE_SHORT, by, facts, *not_open(self.content, released, left))
        self.closed_short = {
            n: self.closed_short.get(n, Decimal(0)) + released.get(n, Decimal(0))
            for n in sorted({*self.closed_short, *released})
        }
        after = State.CLOSED if self.is_done else self.state
        self._move(events.PurchaseOrderClosedShort, after, released=released, reason=reason)

    def open_dispute(self, reason: str, *, by: Actor, facts: Facts, invoice: InvoiceId | None = None) -> None:
        self._ask(Command.DISPUTE, by, facts, *(issued(self) if invoice else ()))
        self.dispute = Dispute(before=self.state, reason=reason, invoice=invoice)
        self._move(events.PurchaseOrderDisputed, State.DISPUTED, reason=reason, invoice=invoice)

    def resolve(self, *, cancel: bool, reason: str, by: Actor, facts: Facts) -> None:
        self._ask(Command.RESOLVE, by, facts, *(nothing_came(self, by, facts) if cancel else ()))
        assert self.dispute is not None, "a disputed order has its dispute"  # noqa: S101 - for mypy
        resumed = State.CLOSED if self.is_done else self.dispute.before
        self.dispute = None
        after = State.CANCELLED if cancel else resumed
        self._move(events.PurchaseOrderDisputeResolved, after, reason=reason)

    def note_receipts(self, receipts: Mapping[int, LineReceipts], *, by: Actor, facts: Facts) -> None:
        """Goods came or went, as receiving says; whatever the state, that is a fact."""
        self._ask(Command.NOTE_RECEIPTS, by, facts)
        before, self.receipts = self.receipts, dict(receipts)
        self._progressed(events.PurchaseOrderReceiptProgressed, before, receipts)

    def note_billing(self, billing: Mapping[int, LineBilling], *, by: Actor, facts: Facts) -> None:
        """Invoices and credit notes count so much, as invoicing says; that is a fact, too."""
        self._ask(Command.NOTE_BILLING, by, facts)
        before, self.billing = self.billing, dict(billing)
        self._progressed(events.PurchaseOrderBillingProgressed, before, billing)

    def close(self, *, by: Actor, facts: Facts) -> None:
        self._ask(Command.CLOSE, by, facts)
        self._move(events.PurchaseOrderClosed, State.CLOSED)

    def actions(self, actor: Actor, facts: Facts) -> dict[Command, tuple[Blocker, ...]]:
        """Every command there is, each with what forbids it now; nothing where it is allowed."""
        asked = [command for command in Command if command is not Command.CREATE]
        return {command: forbidding(self, command, actor, facts) for command in asked}

    def _ask(self, command: Command, by: Actor, facts: Facts, *content: Blocker) -> None:
        if found := in_order([*forbidding(self, command, by, facts), *content]):
            raise RuleBroken(*found)

    def _progressed(
        self, event: type[events.OrderProgressed], before: Mapping[int, Any], now: Mapping[int, Any]
    ) -> None:
        moved = sorted(n for n in {*before, *now} if before.get(n) != now.get(n))
        self._move(event, self.state, lines=tuple(moved))

    def _move(self, event: type[events.OrderEvent], after: State, **told: Any) -> None:
        assert after in LIFECYCLE[Command(event.action)].targets, f"{event} cannot lead to {after}"  # noqa: S101 - the table binds us
        before, self.state = self.state, after
        self._record(event(before=before, after=after, **told))


SYSTEM = Actor(person="system", roles=frozenset({Role.SYSTEM}))
"""Acts on events where no person does."""
