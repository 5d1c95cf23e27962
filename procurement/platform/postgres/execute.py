"""Run one statement on one connection, with a cure for what would otherwise poison the connection."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from procurement.platform.postgres.errors import is_stale_plan


async def fetched(
    connection: psycopg.AsyncConnection[tuple[Any, ...]],
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
    try:
        return await (await connection.execute(statement, parameters, binary=binary)).fetchall()
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
    return await (await connection.execute(statement, parameters, binary=binary)).fetchall()
