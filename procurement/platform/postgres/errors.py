"""Say database failures in the kernel's words, at the edge where they happen."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from procurement.kernel.errors import Interrupted, Stale, Unavailable
from procurement.platform.postgres.sqlstates import Meaning, meaning_of

Constraints = Mapping[str, type[Exception]]
"""What a broken constraint means to the trade, by the constraint's name."""


@contextmanager
def opening() -> Generator[None]:
    """While no statement has run, any failure means the call may simply be made again."""
    try:
        yield
    except (psycopg.Error, DBAPIError, PoolExhausted, OSError) as error:
        raise Unavailable("postgres gave no connection") from error


@contextmanager
def working(constraints: Constraints, *, writing: bool) -> Generator[None]:
    """Broken constraints become refusals by name; lost races, Stale; lost connections, Interrupted where
    something may have been written and Unavailable where nothing was."""
    try:
        yield
    except psycopg.Error as error:
        constraint = error.diag.constraint_name
        if constraint is not None and constraint in constraints:
            raise constraints[constraint](f"{constraint} holds") from error
        match meaning_of(error.sqlstate):
            case Meaning.LOST_RACE:
                raise Stale("another transaction came first") from error
            case Meaning.NOT_DONE:
                raise Unavailable("postgres did not do it") from error
            case Meaning.UNKNOWN:
                raise (Interrupted if writing else Unavailable)("the connection was lost") from error
            case Meaning.OVERLOADED:
                raise Unavailable("postgres is out of resources") from error
            case Meaning.OUR_FAULT:
                raise
