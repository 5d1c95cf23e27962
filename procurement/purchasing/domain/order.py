"""The purchase order: what we ask a supplier for, and who agreed to pay for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from procurement.kernel.actor import Actor, Role
from procurement.kernel.aggregate import Aggregate
from procurement.kernel.errors import Blocker, RuleBroken
from procurement.kernel.ids import OrderId, SupplierId, id_text
from procurement.kernel.money import Money
from procurement.purchasing.domain import events, progress
from procurement.purchasing.domain.approval import Approval, ApprovalRound
from procurement.purchasing.domain.content import Content
from procurement.purchasing.domain.guards import (
    Facts,
    forbidding,
    in_order,
    nothing_received,
    supplier_eligible,
)
from procurement.purchasing.domain.lifecycle import LIFECYCLE, Command, State
from procurement.purchasing.domain.line import CounterProposal
from procurement.purchasing.domain.release import not_open, still_open, unknown_lines
from procurement.purchasing.domain.standing import SupplierPending, SupplierStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    before: State
    """Resuming leads back here: progress is never thrown away."""
    reason: str


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
    receipts: Mapping[int, progress.LineReceipts] = field(default_factory=dict)
    """Per line number, as the receipts were summed up last."""

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

    def open_quantities(self) -> dict[int, Decimal]:
        """What may still be given up: what came is a floor."""
        return {n: still_open(due, self.received(n).accepted) for n, due in self.due().items()}

    def due(self) -> dict[int, Decimal]:
        return {
            line.number: line.quantity.value - self.closed_short.get(line.number, Decimal(0))
            for line in self.content.lines
        }

    def received(self, line: int) -> progress.LineReceipts:
        return self.receipts.get(line, progress.NOTHING)

    @property
    def receipt_status(self) -> progress.ReceiptStatus:
        if not self.receipts:
            return progress.ReceiptStatus.NONE
        return progress.of_order((due, self.received(line)) for line, due in self.due().items())

    @property
    def status(self) -> progress.Status:
        return progress.status_of(self.state, self.receipt_status)

    def revise(self, content: Content, *, by: Actor, facts: Facts) -> None:
        self._ask(Command.REVISE, by, facts, *content.blockers())
        self.content = content
        self.revision += 1
        self._record(events.PurchaseOrderRevised(before=self.state, after=self.state))

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
        )
        self._move(Command.SUBMIT, events.PurchaseOrderSubmitted, State.AWAITING_APPROVAL)

    def approve(self, *, by: Actor, facts: Facts, reason: str | None = None) -> None:
        """Fill the highest missing tier within the approver's level; the last one approves the order."""
        self._ask(Command.APPROVE, by, facts)
        tier = self.approval.tier_for(by) if self.approval else None
        assert self.approval is not None and tier is not None, "a guard of approve"  # noqa: S101, PT018 - for mypy
        approval = Approval(
            person=by.person, on_behalf_of=by.on_behalf_of, level=tier, version=self.version, at=facts.at
        )
        self.approval = ApprovalRound(
            base_total=self.approval.base_total,
            rate=self.approval.rate,
            policy_version=self.approval.policy_version,
            required=self.approval.required,
            given=(*self.approval.given, approval),
        )
        after = State.AWAITING_APPROVAL if self.approval.missing else State.APPROVED
        before, self.state = self.state, after
        self._record(
            events.PurchaseOrderApproved(before=before, after=after, approval=approval, reason=reason)
        )

    def reject(self, reason: str, *, by: Actor, facts: Facts) -> None:
        self._ask(Command.REJECT, by, facts)
        self.approval = None
        self._move(Command.REJECT, events.PurchaseOrderRejected, State.DRAFT, reason)

    def issue(self, *, by: Actor, facts: Facts) -> None:
        """From here on the lines are frozen: the supplier has them."""
        self._ask(Command.ISSUE, by, facts)
        self.issued_at = facts.at
        self._move(Command.ISSUE, events.PurchaseOrderIssued, State.ISSUED)

    def acknowledge(self, proposals: Sequence[CounterProposal], *, by: Actor, facts: Facts) -> None:
        unknown = unknown_lines(self.content, [p.line for p in proposals], "/proposals")
        self._ask(Command.ACKNOWLEDGE, by, facts, *unknown)
        before, self.state, self.proposals = self.state, State.ACKNOWLEDGED, tuple(proposals)
        self._record(
            events.PurchaseOrderAcknowledged(before=before, after=self.state, proposals=self.proposals)
        )

    def cancel(self, reason: str, *, by: Actor, facts: Facts) -> None:
        self._ask(Command.CANCEL, by, facts)
        self._move(Command.CANCEL, events.PurchaseOrderCancelled, State.CANCELLED, reason)

    def close_short(
        self, reason: str, release: Mapping[int, Decimal] | None, *, by: Actor, facts: Facts
    ) -> None:
        """Give up quantities, per line number; everything that is still open where none are named."""
        left = self.open_quantities()
        released = {n: q for n, q in left.items() if q} if release is None else dict(release)
        self._ask(Command.CLOSE_SHORT, by, facts, *not_open(self.content, released, left))
        self.closed_short = {
            n: self.closed_short.get(n, Decimal(0)) + released.get(n, Decimal(0))
            for n in sorted({*self.closed_short, *released})
        }
        before = self.state
        if not any(self.due().values()):
            self.state = State.CLOSED
        self._record(
            events.PurchaseOrderClosedShort(before=before, after=self.state, released=released, reason=reason)
        )

    def open_dispute(self, reason: str, *, by: Actor, facts: Facts) -> None:
        self._ask(Command.DISPUTE, by, facts)
        self.dispute = Dispute(before=self.state, reason=reason)
        self._move(Command.DISPUTE, events.PurchaseOrderDisputed, State.DISPUTED, reason)

    def resolve(self, *, cancel: bool, reason: str, by: Actor, facts: Facts) -> None:
        self._ask(Command.RESOLVE, by, facts, *(nothing_received(self, by, facts) if cancel else ()))
        assert self.dispute is not None, "a disputed order has its dispute"  # noqa: S101 - for mypy
        after = State.CANCELLED if cancel else self.dispute.before
        self.dispute = None
        self._move(Command.RESOLVE, events.PurchaseOrderDisputeResolved, after, reason)

    def note_receipts(
        self, receipts: Mapping[int, progress.LineReceipts], *, by: Actor, facts: Facts
    ) -> None:
        """Goods came or went, as receiving says; whatever the state, that is a fact."""
        self._ask(Command.NOTE_RECEIPTS, by, facts)
        before, self.receipts = self.receipts, dict(receipts)
        lines = sorted(n for n in {*before, *receipts} if before.get(n) != receipts.get(n))
        self._record(
            events.PurchaseOrderReceiptProgressed(before=self.state, after=self.state, lines=tuple(lines))
        )

    def actions(self, actor: Actor, facts: Facts) -> dict[Command, tuple[Blocker, ...]]:
        """Every command there is, each with what forbids it now; nothing where it is allowed."""
        asked = [command for command in Command if command is not Command.CREATE]
        return {command: forbidding(self, command, actor, facts) for command in asked}

    def _ask(self, command: Command, by: Actor, facts: Facts, *content: Blocker) -> None:
        if found := in_order([*forbidding(self, command, by, facts), *content]):
            raise RuleBroken(*found)

    def _move(
        self,
        command: Command,
        event: type[events.OrderEvent],
        after: State,
        reason: str | None = None,
    ) -> None:
        assert after in LIFECYCLE[command].targets, f"{command} cannot lead to {after}"  # noqa: S101 - the table binds us
        before, self.state = self.state, after
        self._record(event(before=before, after=after, reason=reason))


SYSTEM = Actor(person="system", roles=frozenset({Role.SYSTEM}))
"""Acts on events where no person does."""
