"""What must hold after everything went wrong. It reads histories, the database and the log of the broker, and
knows nothing of how the platform works inside."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.e2e.history import Operation, Outcome


@dataclass(frozen=True)
class Written:
    """One row of the audit trail: who wrote which version of what under which name."""

    aggregate: str
    version: int
    event: str
    scope: str
    key: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Stored:
    aggregate: str
    version: int
    state: str
    supplier: str | None = None
    """Of an order."""


@dataclass(frozen=True)
class Published:
    """One record of the broker's log. Records of one aggregate stand in one partition, in this order."""

    aggregate: str
    version: int
    event: str
    place: tuple[str, int, int]
    """Topic, partition, offset."""
    value: bytes


@dataclass(frozen=True, kw_only=True)
class Evidence:
    operations: Sequence[Operation]
    unsettled: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    """Of operations whose fate nobody knew: what stood there under their key before they were asked again."""
    written: Sequence[Written]
    stored: Sequence[Stored]
    published: Sequence[Published]
    standings: Sequence[Stored] = ()
    """What purchasing knows of suppliers."""
    pending: int = 0
    """Events that the outbox still holds, parked ones included."""
    dead: int = 0
    """Records in dead-letter topics."""


def violations(evidence: Evidence) -> list[str]:
    return [
        *_answers_are_true(evidence),
        *_unknown_writes_are_stable(evidence),
        *_nobody_else_wrote(evidence),
        *_versions_have_no_gaps(evidence),
        *_everything_is_published(evidence),
        *_first_occurrences_are_in_order(evidence),
        *_repetitions_are_the_same(evidence),
        *_the_consumer_knows_all(evidence),
        *_nothing_is_left(evidence),
    ]


def _by_key(evidence: Evidence) -> dict[str, list[Written]]:
    found: dict[str, list[Written]] = defaultdict(list)
    for row in evidence.written:
        if row.scope.startswith("http:"):
            found[row.key].append(row)
    return found


def _answers_are_true(evidence: Evidence) -> Iterator[str]:
    """Acknowledged: there, once, as told. Refused, or nothing done: not there. Unknown: once at most."""
    written = _by_key(evidence)
    for operation in evidence.operations:
        rows, name = written[operation.key], f"{operation.path} {operation.key}"
        match operation.outcome:
            case Outcome.OK:
                if len(rows) != 1:
                    yield f"acknowledged, and done {len(rows)} times: {name}"
                elif {(a.aggregate, a.version) for a in operation.answers} != {
                    (rows[0].aggregate, rows[0].version)
                }:
                    yield f"done otherwise than told: {name}"
            case Outcome.REFUSED | Outcome.NOTHING_DONE:
                if rows:
                    yield f"{operation.outcome}, and done {len(rows)} times: {name}"
            case Outcome.UNKNOWN if len(rows) > 1:
                yield f"unknown, and done {len(rows)} times: {name}"
        yield from _refusals_are_deserved(operation, name)


def _refusals_are_deserved(operation: Operation, name: str) -> Iterator[str]:
    answers = operation.answers
    if len({(answer.status, answer.body) for answer in answers if answer.outcome is Outcome.OK}) > 1:
        yield f"answered differently the second time: {name}"
    if len({answer.outcome for answer in answers}) > 1:
        yield f"done and refused under one key: {name}"
    if operation.expected == "?" or not answers:
        return
    if (code := answers[0].code) != operation.expected:
        yield f"answered {code or 'done'!r} where {operation.expected or 'done'!r} is right: {name}"


def _unknown_writes_are_stable(evidence: Evidence) -> Iterator[str]:
    written = _by_key(evidence)
    for key, before in evidence.unsettled.items():
        after = [(row.aggregate, row.version) for row in written[key]]
        if before and list(before) != after:
            yield f"{key} stood as {list(before)} and became {after} when it was asked again"


def _nobody_else_wrote(evidence: Evidence) -> Iterator[str]:
    """Every write has a client's key, or follows from an event that was published."""
    keys = {operation.key for operation in evidence.operations}
    events = {record.event for record in evidence.published}
    for row in evidence.written:
        asked = row.key in keys if row.scope.startswith("http:") else row.key.partition(":")[0] in events
        if not asked:
            yield f"nobody asked for version {row.version} of {row.aggregate} ({row.scope} {row.key})"


def _versions_have_no_gaps(evidence: Evidence) -> Iterator[str]:
    rows: dict[str, list[Written]] = defaultdict(list)
    for row in evidence.written:
        rows[row.aggregate].append(row)
    stored = {one.aggregate: one for one in evidence.stored}
    for aggregate in rows.keys() | stored.keys():
        trail = sorted(rows[aggregate], key=lambda row: row.version)
        if [row.version for row in trail] != list(range(1, len(trail) + 1)):
            yield f"the trail of {aggregate} has the versions {[row.version for row in trail]}"
        if any(one.after != following.before for one, following in pairwise(trail)):
            yield f"the trail of {aggregate} jumps between states"
        one = stored.get(aggregate)
        if one is None or not trail or (one.version, one.state) != (trail[-1].version, trail[-1].after):
            yield f"{aggregate} is stored as {one}, and its trail ends with {trail[-1:]}"


def _everything_is_published(evidence: Evidence) -> Iterator[str]:
    committed = {(row.event, row.aggregate, row.version) for row in evidence.written}
    arrived = {(record.event, record.aggregate, record.version) for record in evidence.published}
    yield from (f"lost: version {v} of {a}, event {e}" for e, a, v in sorted(committed - arrived))
    yield from (f"never committed: version {v} of {a}, event {e}" for e, a, v in sorted(arrived - committed))


def _first_occurrences_are_in_order(evidence: Evidence) -> Iterator[str]:
    first: dict[str, list[int]] = defaultdict(list)
    partitions: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for record in sorted(evidence.published, key=lambda record: record.place):
        partitions[record.aggregate].add(record.place[:2])
        if record.version not in first[record.aggregate]:
            first[record.aggregate].append(record.version)
    for aggregate, versions in first.items():
        if versions != sorted(versions):
            yield f"the events of {aggregate} came in the order {versions}"
        if len(partitions[aggregate]) > 1:
            yield f"the events of {aggregate} are scattered over {sorted(partitions[aggregate])}"


def _repetitions_are_the_same(evidence: Evidence) -> Iterator[str]:
    said: dict[str, set[bytes]] = defaultdict(set)
    for record in evidence.published:
        said[record.event].add(record.value)
    yield from (
        f"event {event} came with different contents" for event, all_ in said.items() if len(all_) > 1
    )
    versions = Counter((row.aggregate, row.version) for row in evidence.written)
    yield from (f"{count} events for version {v} of {a}" for (a, v), count in versions.items() if count > 1)


def _the_consumer_knows_all(evidence: Evidence) -> Iterator[str]:
    """Purchasing's knowledge of suppliers is what the suppliers are, and it acted on it."""
    known = {one.aggregate: (one.version, one.state) for one in evidence.standings}
    orders = {one.aggregate for one in evidence.stored if one.supplier}
    suppliers = {one.aggregate: one for one in evidence.stored if one.aggregate not in orders}
    for name, supplier in suppliers.items():
        if known.get(name) != (supplier.version, supplier.state):
            yield f"purchasing knows supplier {name} as {known.get(name)}, it is {supplier}"
    for order in evidence.stored:
        supplier_ = suppliers.get(order.supplier or "")
        if supplier_ and supplier_.state == "Blacklisted" and order.state in _DISPUTABLE:
            yield f"{order.aggregate} is {order.state}, and its supplier is blacklisted"


_DISPUTABLE = {"Approved", "Issued", "Acknowledged"}


def _nothing_is_left(evidence: Evidence) -> Iterator[str]:
    if evidence.pending:
        yield f"{evidence.pending} events still wait in the outbox"
    if evidence.dead:
        yield f"{evidence.dead} records are dead letters"
