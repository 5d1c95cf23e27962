"""Who checks the checker: a history that is in order passes, and every planted defect is found."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from tests.e2e.checker import Evidence, Published, Stored, Written, violations
from tests.e2e.history import Attempt, Operation, Outcome

Defect = Callable[[Evidence], Evidence]

STATES = ("Draft", "AwaitingApproval", "Approved")


def an_operation(key: str, outcome: Outcome = Outcome.OK, **told: object) -> Operation:
    expected = "order-state" if outcome is Outcome.REFUSED else ""
    attempt = Attempt(outcome, 200, expected, b"{}")
    return Operation(key, "bea", f"/do/{key}", None, None, expected, [replace(attempt, **told)])  # type: ignore[arg-type]


def sound() -> Evidence:
    """Two orders with three versions each, one refusal, one write of unknown fate, one repeated record."""
    written = [
        Written(order, n, f"event-{order}-{n}", "http:local:POST /x", f"{order}-{n}", before, after)
        for order in ("a", "b")
        for n, (before, after) in enumerate(zip((None, *STATES), STATES, strict=False), 1)
    ]
    known = [an_operation(row.key, aggregate=row.aggregate, version=row.version) for row in written[:-1]]
    records = [
        Published(row.aggregate, row.version, row.event, ("orders", 0, place), b"{}")
        for place, row in enumerate([*written, written[0]])
    ]
    return Evidence(
        operations=[
            *known,
            an_operation("b-3", Outcome.UNKNOWN),
            an_operation("no", Outcome.REFUSED),
            an_operation("down", Outcome.NOTHING_DONE),
        ],
        unsettled={"b-3": [("b", 3)]},
        written=written,
        stored=[Stored("a", 3, "Approved", "sup"), Stored("b", 3, "Approved", "sup")],
        published=records,
    )


def test_a_sound_history_passes() -> None:
    assert violations(sound()) == []


def without_write(e: Evidence) -> Evidence:
    """An acknowledged write that was rolled back, with its event."""
    gone = e.written[2]
    return replace(
        e,
        written=[row for row in e.written if row is not gone],
        stored=[Stored("a", 2, "AwaitingApproval", "sup"), e.stored[1]],
        published=[record for record in e.published if record.event != gone.event],
    )


def second_effect(e: Evidence) -> Evidence:
    """A retry that was carried out again."""
    again = replace(e.written[2], version=4, event="event-a-4", before="Approved", after="Approved")
    return replace(
        e,
        written=[*e.written, again],
        stored=[Stored("a", 4, "Approved", "sup"), e.stored[1]],
        published=[*e.published, Published("a", 4, "event-a-4", ("orders", 0, 99), b"{}")],
    )


def key_of(e: Evidence, place: int, key: str) -> Evidence:
    written = list(e.written)
    written[place] = replace(written[place], key=key)
    return replace(e, written=written)


def told(e: Evidence, place: int, **otherwise: object) -> Evidence:
    operations = list(e.operations)
    one = operations[place]
    changed = replace(one.attempts[0], **otherwise)  # type: ignore[arg-type]
    operations[place] = replace(one, attempts=[*one.attempts, changed])
    return replace(e, operations=operations)


def record(e: Evidence, which: int, **otherwise: object) -> Evidence:
    published = list(e.published)
    published[which] = replace(published[which], **otherwise)  # type: ignore[arg-type]
    return replace(e, published=published)


def supplier(e: Evidence, known: Stored, state: str) -> Evidence:
    trail = [Written("sup", 1, "event-sup-1", "http:local:POST /s", "sup-1", None, state)]
    return replace(
        e,
        operations=[*e.operations, an_operation("sup-1", aggregate="sup", version=1)],
        written=[*e.written, *trail],
        stored=[*e.stored, Stored("sup", 1, state)],
        standings=[known],
        published=[*e.published, Published("sup", 1, "event-sup-1", ("suppliers", 0, 0), b"{}")],
    )


DEFECTS: Mapping[str, tuple[Defect, str]] = {
    "an acknowledged write is lost": (without_write, "acknowledged, and done 0 times"),
    "a retry is carried out again": (second_effect, "acknowledged, and done 2 times"),
    "another version than the one told": (lambda e: told(e, 2, version=7), "done otherwise than told"),
    "another aggregate than the one told": (lambda e: told(e, 2, aggregate="c"), "done otherwise than told"),
    "a refusal is carried out": (lambda e: key_of(e, 5, "no"), "refused, and done 1 times"),
    "what was not done is done": (lambda e: key_of(e, 5, "down"), "nothing done, and done 1 times"),
    "an unknown write is done twice": (
        lambda e: replace(e, written=[*e.written, replace(e.written[5], version=4, event="x")]),
        "unknown, and done 2 times",
    ),
    "an unknown write moves when it is asked again": (
        lambda e: replace(e, unsettled={"b-3": [("c", 1)]}),
        "became",
    ),
    "an unknown write vanishes when it is asked again": (
        lambda e: key_of(e, 5, "someone-elses"),
        "became []",
    ),
    "a replay that says something else": (lambda e: told(e, 0, body=b"{ }"), "answered differently"),
    "a refusal that is granted later": (
        lambda e: told(e, 6, outcome=Outcome.OK),
        "done and refused under one key",
    ),
    "a command that should be refused": (lambda e: told(e, 0, outcome=Outcome.REFUSED), "refused under one"),
    "the wrong refusal": (
        lambda e: replace(e, operations=[*e.operations[:-2], an_operation("n", Outcome.REFUSED, code="x")]),
        "answered 'x' where 'order-state' is right",
    ),
    "a write that nobody asked for": (lambda e: key_of(e, 0, "ghost"), "nobody asked for version 1 of a"),
    "a consequence of an event that never was": (
        lambda e: replace(
            e, written=[replace(e.written[0], scope="purchasing.standing", key="ghost:a"), *e.written[1:]]
        ),
        "nobody asked for version 1 of a",
    ),
    "a gap in the versions": (
        lambda e: replace(
            e, written=[replace(row, version=9) if row.version == 3 else row for row in e.written]
        ),
        "has the versions [1, 2, 9]",
    ),
    "two writers got the same version": (
        lambda e: replace(e, written=[*e.written, replace(e.written[1], event="y", key="a-1")]),
        "has the versions [1, 2, 2, 3]",
    ),
    "a state that follows from nothing": (
        lambda e: replace(e, written=[*e.written[:-1], replace(e.written[-1], before="Issued")]),
        "jumps between states",
    ),
    "a trail without its last change": (
        lambda e: replace(e, stored=[replace(e.stored[0], state="Issued"), e.stored[1]]),
        "is stored as",
    ),
    "an aggregate without a trail": (
        lambda e: replace(e, stored=[*e.stored, Stored("c", 1, "Draft", "sup")]),
        "is stored as",
    ),
    "a lost event": (
        lambda e: replace(e, published=[*e.published[:4], *e.published[5:]]),
        "lost: version 2 of b",
    ),
    "a phantom event": (
        lambda e: replace(
            e, published=[*e.published, Published("z", 1, "phantom", ("orders", 0, 50), b"{}")]
        ),
        "never committed: version 1 of z",
    ),
    "an event under another aggregate's key": (lambda e: record(e, 4, aggregate="a"), "never committed"),
    "two events in the wrong order": (
        lambda e: record(record(e, 4, place=("orders", 0, 60)), 5, place=("orders", 0, 59)),
        "the events of b came in the order [1, 3, 2]",
    ),
    "an aggregate in two partitions": (lambda e: record(e, 4, place=("orders", 1, 0)), "are scattered over"),
    "a repetition with other contents": (lambda e: record(e, 6, value=b"[]"), "different contents"),
    "an event that stays in the outbox": (lambda e: replace(e, pending=1), "still wait in the outbox"),
    "a dead letter": (lambda e: replace(e, dead=1), "dead letters"),
    "a consumer that missed an event": (
        lambda e: supplier(e, Stored("sup", 0, "Pending"), "Approved"),
        "purchasing knows supplier sup as",
    ),
    "a consumer that did not act on it": (
        lambda e: supplier(e, Stored("sup", 1, "Blacklisted"), "Blacklisted"),
        "its supplier is blacklisted",
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_found(name: str) -> None:
    plant, told = DEFECTS[name]
    found = violations(plant(sound()))
    assert any(told in violation for violation in found), found


def test_a_supplier_that_is_known_as_it_is_passes() -> None:
    assert violations(supplier(sound(), Stored("sup", 1, "Approved"), "Approved")) == []
