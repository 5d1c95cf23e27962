"""Run one statement on one connection, with a cure for what would otherwise poison the connection."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import psycopg

from procurement.platform.postgres.connections import Cursor
from procurement.platform.postgres.errors import is_stale_plan


async def fetched(
    cursor: Cursor,
    statement: str,
    parameters: Mapping[str, Any],
    *,
    binary: bool = False,
) -> Sequence[tuple[Any, ...]]:
    """After a migration, psycopg would go on using a prepared statement that Postgres refuses: every call on
    this connection would fail, for ever. So forget them all and run the statement once more; nothing was
    done. Inside a transaction that is too late, and the transaction fails.

    A connection that reaches a standby is closed, for the next one may reach the primary.
    """
    query, connection = _encoded(statement), cursor.connection
    try:
        return await (await cursor.execute(query, parameters, binary=binary)).fetchall()
    except psycopg.errors.ReadOnlySqlTransaction:
        await connection.close()
        raise
    except psycopg.Error as error:
        if (
            not is_stale_plan(error)
            or connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE
        ):
            raise
    await connection.execute("DEALLOCATE ALL")
    return await (await cursor.execute(query, parameters, binary=binary)).fetchall()


@lru_cache(1024)
def _encoded(statement: str) -> bytes:
    """One object for each statement, which knows its hash: psycopg looks statements up by their bytes."""
    return statement.encode()
