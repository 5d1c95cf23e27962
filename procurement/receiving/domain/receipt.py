"""The goods receipt: what came of an order, what of it we keep, and who says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from procurement.kernel.actor import Actor, Role
from procurement.kernel.aggregate import Aggregate
from procurement.kernel.errors import Blocker, RuleBroken
from procurement.kernel.ids import GoodsReceiptId, OrderId, SupplierId
from procurement.receiving.domain import content, events
from procurement.receiving.domain.guards import Facts, apart, forbidding, in_order, is_warehouse, order_open
from procurement.receiving.domain.lifecycle import LIFECYCLE, Command, State
from procurement.receiving.domain.line import (
    Counted,
    Delivered,
    Discrepancy,
    Inspected,
    ReceiptLine,
    discrepancies,
)


@dataclass(slots=True, kw_only=True, eq=False)
class GoodsReceipt(Aggregate):
    id: GoodsReceiptId
    order: OrderId
    order_number: str
    supplier: SupplierId
    delivery_note: str | None
    lines: tuple[ReceiptLine, ...]
    opened_by: str
    receivers: frozenset[str]
    """Everybody who answers for what is said to have come: opened or verified it, or delegated that."""
    created_at: datetime
    state: State = State.OPEN
    discrepancies: tuple[Discrepancy, ...] = ()

    @classmethod
    def open(  # noqa: PLR0913 - a receipt is made of that much
        cls,
        *,
        id: GoodsReceiptId,  # noqa: A002 - the field's name
        delivered: Sequence[Delivered],
        delivery_note: str | None,
        by: Actor,
        at: datetime,
        facts: Facts,
    ) -> "GoodsReceipt":
        """Raise RuleBroken with everything that forbids it: the order, the quantities, the person."""
        expected = facts.expected
        found = [
            *order_open(expected),
            *content.of_delivery(delivered, facts),
            *is_warehouse(by),
            *apart(by, expected),
        ]
        if found:
            raise RuleBroken(*in_order(found))
        receipt = cls(
            id=id,
            order=expected.order,
            order_number=expected.number,
            supplier=expected.supplier,
            delivery_note=delivery_note,
            lines=tuple(
                content.received(item, expected.lines[item.line], facts.policy) for item in delivered
            ),
            opened_by=by.person,
            receivers=by.persons,
            created_at=at,
        )
        receipt._record(events.GoodsReceiptOpened(before=None, after=State.OPEN))
        return receipt

    def counted(self, line: ReceiptLine) -> Counted:
        """What the line takes up of its order line: a function of what the receipt is, so that whatever
        happens to it the difference is what changes."""
        match self.state:
            case State.OPEN:
                return Counted(pending=line.received)
            case State.DISCREPANT:
                return Counted(pending=line.sound)
            case State.VERIFIED | State.CLOSED:
                return Counted(accepted=line.kept)
            case State.REJECTED | State.REVERSED:
                return Counted()

    def verify(self, inspected: Sequence[Inspected], *, by: Actor, facts: Facts) -> None:
        """Lines that are not named were inspected and found good."""
        self._ask(Command.VERIFY, by, facts, *content.of_inspection(inspected, self.lines))
        found = {item.line: item for item in inspected}
        self.lines = tuple(content.inspected(line, found.get(line.line)) for line in self.lines)
        self.receivers |= by.persons
        self.discrepancies = discrepancies(self.lines)
        if self.discrepancies:
            self._move(Command.VERIFY, events.GoodsReceiptDiscrepancyDetected, State.DISCREPANT)
        else:
            self._move(Command.VERIFY, events.GoodsReceived, State.VERIFIED)

    def assign(self, number: int, owner: str, *, by: Actor, facts: Facts) -> None:
        self._ask(Command.ASSIGN, by, facts, *content.of_assignment(number, self.discrepancies))
        self.discrepancies = tuple(
            replace(known, owner=owner) if known.number == number else known for known in self.discrepancies
        )
        self._move(Command.ASSIGN, events.GoodsReceiptDiscrepancyAssigned, self.state)

    def resolve(self, reason: str, *, by: Actor, facts: Facts) -> None:
        """Keep what is sound; what was rejected stays rejected."""
        self._ask(Command.RESOLVE, by, facts)
        self._settle(reason)
        self._move(Command.RESOLVE, events.GoodsReceivedAfterAll, State.VERIFIED, reason)

    def reject(self, reason: str, *, by: Actor, facts: Facts) -> None:
        """Keep nothing of it."""
        self._ask(Command.REJECT, by, facts)
        self._settle(reason)
        self._move(Command.REJECT, events.GoodsReceiptRejected, State.REJECTED, reason)

    def reverse(self, reason: str, *, by: Actor, facts: Facts) -> None:
        """A mistake is taken back, never edited."""
        self._ask(Command.REVERSE, by, facts)
        self._move(Command.REVERSE, events.GoodsReceiptReversed, State.REVERSED, reason)

    def send_back(self, reason: str, quantities: Mapping[int, Decimal], *, by: Actor, facts: Facts) -> None:
        """Return goods to the supplier, per order line."""
        self._ask(Command.RETURN, by, facts, *content.of_return(quantities, self.lines))
        self.lines = tuple(
            replace(line, returned=line.returned + quantities.get(line.line, 0)) for line in self.lines
        )
        self._record(
            events.GoodsReturned(
                before=self.state, after=self.state, reason=reason, returned=dict(quantities)
            )
        )

    def close(self, *, by: Actor, facts: Facts) -> None:
        self._ask(Command.CLOSE, by, facts)
        self._move(Command.CLOSE, events.GoodsReceiptClosed, State.CLOSED)

    def actions(self, actor: Actor, facts: Facts) -> dict[Command, tuple[Blocker, ...]]:
        """Every command there is, each with what forbids it now; nothing where it is allowed."""
        asked = [command for command in Command if command is not Command.OPEN]
        return {command: tuple(forbidding(self, command, actor, facts)) for command in asked}

    def _ask(self, command: Command, by: Actor, facts: Facts, *found: Blocker) -> None:
        blockers = in_order([*forbidding(self, command, by, facts), *found])
        if blockers:
            raise RuleBroken(*blockers)

    def _settle(self, resolution: str) -> None:
        self.discrepancies = tuple(replace(known, resolution=resolution) for known in self.discrepancies)

    def _move(
        self, command: Command, event: type[events.ReceiptEvent], after: State, reason: str | None = None
    ) -> None:
        assert after in LIFECYCLE[command].moves[self.state], f"{command} cannot lead to {after}"  # noqa: S101 - the table binds us
        before, self.state = self.state, after
        self._record(event(before=before, after=after, reason=reason))


SYSTEM = Actor(person="system", roles=frozenset({Role.SYSTEM}))
"""Acts on events where no person does."""
