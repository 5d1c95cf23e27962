"""Say database failures in the kernel's words, at the edge where they happen."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError

from procurement.kernel.errors import Failure, Interrupted, Stale, Unavailable
from procurement.platform.postgres.sqlstates import Meaning, meaning_of

Constraints = Mapping[str, type[Exception]]
"""What a broken constraint means to the trade, by the constraint's name."""


class PoolBusy(Unavailable):
    """All connections were in use for longer than a caller waits for one; Postgres was not even asked."""

    outage = False


class LockHeld(Unavailable):
    """Somebody else kept the row or the table locked; Postgres itself is well."""

    outage = False


class TimedOut(Failure):
    """Nothing was done, but not for want of trying: never made again by a machine."""

    code = "timed-out"


class Overloaded(Failure):
    """Disk, memory or a limit is exhausted. To ask again at once makes it worse."""

    code = "overloaded"


class Corrupt(Failure):
    """Postgres doubts its own data. No machine should go on asking; somebody must look."""

    code = "corrupt"


@contextmanager
def opening() -> Generator[None]:
    """While no statement has run, any failure means the call may simply be made again."""
    try:
        yield
    except (psycopg.Error, DBAPIError, OSError) as error:
        raise Unavailable("postgres gave no connection") from error


@contextmanager
def working(constraints: Constraints, *, writing: bool) -> Generator[None]:
    """Broken constraints become refusals by name; lost races, Stale; lost connections, Interrupted where
    something may have been written and Unavailable where nothing was. Our own mistakes stay what they are."""
    try:
        yield
    except psycopg.Error as error:
        if (said := translated(error, constraints, writing=writing)) is None:
            raise
        raise said from error


def is_stale_plan(error: psycopg.Error) -> bool:
    return _meaning(error) is Meaning.STALE_PLAN


def translated(error: psycopg.Error, constraints: Constraints, *, writing: bool) -> Exception | None:
    """The error in the kernel's words; None where it is our own mistake."""
    constraint = error.diag.constraint_name
    if constraint is not None and constraint in constraints:
        return constraints[constraint](f"{constraint} holds")
    kind, text = _KINDS[_meaning(error)]
    if kind is Interrupted and not writing:
        kind = Unavailable
    return None if kind is None else kind(text)


def _meaning(error: psycopg.Error) -> Meaning:
    """Without a SQLSTATE it is libpq that lost the connection, or psycopg that could not make out what we
    meant."""
    if error.sqlstate is not None:
        return meaning_of(error.sqlstate, error.diag.source_function)
    return Meaning.UNKNOWN if isinstance(error, psycopg.OperationalError) else Meaning.OUR_FAULT


_KINDS: Mapping[Meaning, tuple[type[Exception] | None, str]] = {
    Meaning.LOST_RACE: (Stale, "another transaction came first"),
    Meaning.LOCKED: (LockHeld, "somebody else holds the lock"),
    Meaning.NOT_DONE: (Unavailable, "postgres cannot do it now"),
    Meaning.STALE_PLAN: (Unavailable, "the schema changed under a prepared statement"),
    Meaning.UNDONE: (Interrupted, "the transaction was rolled back"),
    Meaning.UNKNOWN: (Interrupted, "the connection was lost"),
    Meaning.OVERLOADED: (Overloaded, "postgres is out of resources"),
    Meaning.TIMED_OUT: (TimedOut, "the statement took too long"),
    Meaning.CORRUPT: (Corrupt, "postgres reports an internal error"),
    Meaning.OUR_FAULT: (None, ""),
}
