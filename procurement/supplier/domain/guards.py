"""Why a command is forbidden now: state first, then content, then authority; every reason, not the first.

The commands and the question "what may I do?" ask the same guards, so that the two can never disagree.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from procurement.kernel.actor import Actor
from procurement.kernel.errors import Blocker, Concern
from procurement.supplier.domain.lifecycle import LIFECYCLE, RELEASERS, Command
from procurement.supplier.domain.record import Declaration, DocumentKind, Hold, Scope

if TYPE_CHECKING:
    from procurement.supplier.domain.supplier import Supplier

LOWEST_RISK_SCORE = Decimal("0.6")
RISK_SCORE_DECIMALS = 4
NAME_LENGTH = 200
REASON_LENGTH = 1000
MOST_IDENTIFIERS = 20
REQUIRED_DOCUMENTS = (
    DocumentKind.TRADE_REGISTER_EXTRACT,
    DocumentKind.TAX_CLEARANCE,
    DocumentKind.CODE_OF_CONDUCT,
)

Guard: TypeAlias = Callable[["Supplier", Actor, date], Iterator[Blocker]]


def forbidding(
    supplier: "Supplier", command: Command, actor: Actor, today: date, said: Iterable[Blocker] | None = None
) -> tuple[Blocker, ...]:
    """`said` is what is wrong with what the command says; None asks before anything is said, and finds out
    whether anything could be said at all."""
    found = [*_state(supplier, command), *role(command, actor)]
    for guard in _GUARDS.get(command, ()):
        found.extend(guard(supplier, actor, today))
    if said is None and command in _COULD_ANYTHING_BE_SAID:
        said = _COULD_ANYTHING_BE_SAID[command](supplier, actor, today)
    return in_order((*found, *(said or ())))


def in_order(blockers: Iterable[Blocker]) -> tuple[Blocker, ...]:
    return tuple(sorted(blockers, key=lambda blocker: _ORDER[blocker.concern]))


_ORDER = {concern: place for place, concern in enumerate(Concern)}


def _state(supplier: "Supplier", command: Command) -> Iterator[Blocker]:
    moves = LIFECYCLE[command].moves
    if supplier.state not in moves:
        allowed = ", ".join(str(state) for state in moves)
        detail = f"the supplier is {supplier.state}; {command} is for a supplier in {allowed}"
        yield Blocker("supplier-state", Concern.STATE, detail)


def role(command: Command, actor: Actor) -> Iterator[Blocker]:
    roles = LIFECYCLE[command].roles
    if not actor.has(*roles):
        yield _authority("role-missing", f"{command} is for {' or '.join(sorted(roles))}")


def declared(declaration: Declaration) -> Iterator[Blocker]:
    name = declaration.name
    if not (0 < len(name) <= NAME_LENGTH and name == name.strip() and name.isprintable()):
        detail = f"a name has 1 to {NAME_LENGTH} printable characters and no blank at either end"
        yield _content("name-invalid", detail, "/name")
    if not 0 < len(declaration.identifiers) <= MOST_IDENTIFIERS:
        detail = f"a supplier has 1 to {MOST_IDENTIFIERS} identifiers"
        yield _content("identifier-count", detail, "/identifiers")
    seen = set()
    for place, identifier in enumerate(declaration.identifiers):
        if identifier in seen:
            yield _content("identifier-repeated", f"{identifier} is named twice", f"/identifiers/{place}")
        seen.add(identifier)


def reasoned(reason: str) -> Iterator[Blocker]:
    if not 0 < len(reason.strip()) <= REASON_LENGTH:
        yield _content("reason-missing", f"say why, in 1 to {REASON_LENGTH} characters", "/reason")


def scored(score: Decimal) -> Iterator[Blocker]:
    pointer = "/risk_score"
    if not (score.is_finite() and 0 <= score <= 1 and score == round(score, RISK_SCORE_DECIMALS)):
        detail = f"a risk score is between 0 and 1 with at most {RISK_SCORE_DECIMALS} decimals"
        yield _content("risk-score-invalid", detail, pointer)
    elif score < LOWEST_RISK_SCORE:
        detail = f"approval needs a risk score of {LOWEST_RISK_SCORE} or more, this is {score}"
        yield _content("risk-score-too-low", detail, pointer)


def _documented(supplier: "Supplier", _: Actor, today: date) -> Iterator[Blocker]:
    for kind in REQUIRED_DOCUMENTS:
        found = [document for document in supplier.declared.documents if document.kind is kind]
        if not found:
            yield _content("document-missing", f"there is no {kind} on record")
        elif not any(document.valid(today) for document in found):
            yield _content("document-expired", f"the {kind} on record is no longer valid")


def _not_his_own_work(supplier: "Supplier", actor: Actor, _: date) -> Iterator[Blocker]:
    if not supplier.prepared_by.isdisjoint(actor.persons):
        detail = "nobody approves what he, or who delegated to him, registered or revised"
        yield _authority("reviewer-prepared-it", detail)


def placed(hold: Hold, held: Mapping[Scope, Hold], today: date) -> Iterator[Blocker]:
    yield from reasoned(hold.reason)
    if hold.scope in held:
        yield Blocker("hold-exists", Concern.STATE, f"the supplier is already on hold for {hold.scope}")
    if not hold.binds(today):
        yield _content("hold-in-the-past", f"{hold.until} has passed, the hold would never bind", "/until")
    if hold.releaser not in RELEASERS:
        named = ", ".join(sorted(RELEASERS))
        yield _content("releaser-unknown", f"a hold may be released by {named}", "/releaser")


def _room_for_a_hold(supplier: "Supplier", _: Actor, today: date) -> Iterator[Blocker]:
    if len(supplier.holds_binding(today)) == len(Scope):
        yield Blocker("hold-exists", Concern.STATE, "the supplier is already on hold for everything")


def released(held: Mapping[Scope, Hold], scope: Scope, actor: Actor) -> Iterator[Blocker]:
    yield from _releasable([hold for hold in held.values() if hold.scope is scope], actor, f" for {scope}")


def _some_hold_to_release(supplier: "Supplier", actor: Actor, today: date) -> Iterator[Blocker]:
    yield from _releasable(supplier.holds_binding(today).values(), actor, "")


def _releasable(holds: Iterable[Hold], actor: Actor, what: str) -> Iterator[Blocker]:
    releasers = {hold.releaser for hold in holds}
    if not releasers:
        yield Blocker("hold-missing", Concern.STATE, f"the supplier is not on hold{what}")
    elif not actor.has(*releasers):
        named = " or ".join(sorted(releasers))
        yield _authority("not-the-releaser", f"the hold{what} is released by {named}")


def _content(code: str, detail: str, pointer: str | None = None) -> Blocker:
    return Blocker(code, Concern.CONTENT, detail, pointer)


def _authority(code: str, detail: str) -> Blocker:
    return Blocker(code, Concern.AUTHORITY, detail)


_GUARDS: dict[Command, tuple[Guard, ...]] = {
    Command.APPROVE: (_documented, _not_his_own_work),
}
_COULD_ANYTHING_BE_SAID: dict[Command, Guard] = {
    Command.PLACE_HOLD: _room_for_a_hold,
    Command.RELEASE_HOLD: _some_hold_to_release,
}
