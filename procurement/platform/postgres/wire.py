"""Statements on one connection, by libpq as psycopg wraps it.

psycopg connects, adapts the values both ways, knows the errors and cancels. Its cursor is left out: it does
more than is needed here and costs as much as all the rest of a statement does (docs/adr/0002-sql-text.md).
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any, TypeAlias

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult

from procurement.platform.postgres.errors import is_stale_plan

Connection: TypeAlias = psycopg.AsyncConnection[tuple[Any, ...]]

_PARAMETER = re.compile(r"%\((\w+)\)s")
_MOST = 100
"""Prepared statements that a connection keeps. Each takes memory of the server's."""
_PATIENCE = 5.0
"""Seconds that a statement has to end when it is cancelled."""


class Wire:
    """One statement at a time; whoever has borrowed the connection has it alone."""

    def __init__(self, connection: Connection, *, prepare: bool) -> None:
        self.connection = connection
        self._libpq, self._adapted = connection.pgconn, Transformer(connection)
        self._prepare = prepare
        self._prepared: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self._numbers = count(1)
        self.sent = 0
        """Bytes of values with the last statement."""

    @property
    def idle(self) -> bool:
        """Open, and outside of any transaction."""
        return self._libpq.transaction_status == TransactionStatus.IDLE

    async def run(
        self, statement: str, parameters: Mapping[str, Any], *, binary: bool = False
    ) -> Sequence[tuple[Any, ...]]:
        """The rows. Parameters stand as `%(name)s`; `binary` asks for the results in that format.

        After a migration Postgres refuses what was prepared before: every call on this connection would fail,
        for ever. So forget it all and run the statement once more; nothing was done. Inside a transaction
        that is too late, and the transaction fails.

        A connection that reaches a standby is closed, for the next one may reach the primary.
        """
        try:
            return await self._run(statement, parameters, binary=binary)
        except psycopg.errors.ReadOnlySqlTransaction:
            await self.connection.close()
            raise
        except psycopg.Error as error:
            if not (is_stale_plan(error) and self.idle):
                raise
        await self._forget()
        return await self._run(statement, parameters, binary=binary)

    async def _run(
        self, statement: str, parameters: Mapping[str, Any], *, binary: bool
    ) -> Sequence[tuple[Any, ...]]:
        asked, adapted = _positional(statement), self._adapted
        values = adapted.dump_sequence(list(map(parameters.__getitem__, asked.names)), asked.formats)
        self.sent = sum(map(len, filter(None, values)))
        types, formats = adapted.types or (), adapted.formats
        as_said = Format.BINARY if binary else Format.TEXT
        if self._prepare:
            name = self._prepared.get((statement, types)) or await self._prepared_as(statement, types)
            self._libpq.send_query_prepared(name, values, param_formats=formats, result_format=as_said)
        else:
            self._libpq.send_query_params(
                asked.text, values, param_types=types, param_formats=formats, result_format=as_said
            )
        answer = await self._answer()
        adapted.set_pgresult(answer)
        rows = adapted.load_rows(0, answer.ntuples, tuple)
        adapted.set_pgresult(None)  # it may be large
        return rows

    async def _prepared_as(self, statement: str, types: tuple[int, ...]) -> bytes:
        """With too many the oldest goes: what is used all the time comes back at the cost of a round trip."""
        while len(self._prepared) >= _MOST:
            self._libpq.send_close_prepared(self._prepared.pop(next(iter(self._prepared))))
            await self._answer()
        name = b"s%d" % next(self._numbers)
        self._libpq.send_prepare(name, _positional(statement).text, param_types=types)
        await self._answer()
        self._prepared[statement, types] = name
        return name

    async def _forget(self) -> None:
        self._prepared.clear()
        self._libpq.send_query(b"DEALLOCATE ALL")
        await self._answer()

    async def _answer(self) -> PGresult:
        """Of what was sent. Whoever goes away meanwhile ends the statement, so that it holds no locks for
        nobody and the connection can be used again."""
        try:
            answer, failed = await self._results()
        except asyncio.CancelledError:
            await self._break_off()
            raise
        if failed is not None:
            error = psycopg.errors.error_from_result(failed, self._adapted.encoding)
            if error.sqlstate is None:  # not Postgres says it but libpq: the line is dead
                raise psycopg.OperationalError(str(error))
            raise error
        if answer is None:
            raise psycopg.OperationalError("postgres answered nothing")
        return answer

    async def _results(self) -> tuple[PGresult | None, PGresult | None]:
        """What the statement gave and what failed. Both, where the commit fails that comes after it: Postgres
        has told the rows by then."""
        libpq, answer, failed = self._libpq, None, None
        while libpq.flush():
            await self._ready(writing=True)
            libpq.consume_input()  # or the server, busy with telling us something, would not read on
        try:
            while True:
                while libpq.is_busy():
                    await self._ready()
                    libpq.consume_input()
                if (result := libpq.get_result()) is None:
                    return answer, failed
                if result.status != ExecStatus.FATAL_ERROR:
                    answer = result
                elif failed is None:
                    failed = result
        except psycopg.OperationalError:
            if failed is None:
                raise
            return answer, failed  # it said why before it hung up

    async def _ready(self, *, writing: bool = False) -> None:
        """As psycopg waits, without a look at the clock ten times a second: a deadline cancels. The loop
        listens anew every time, because uvloop forgets a line with an error once it has told of it."""
        loop, line = asyncio.get_running_loop(), self._libpq.socket
        ready = loop.create_future()
        loop.add_reader(line, _ring, ready)
        if writing:
            loop.add_writer(line, _ring, ready)
        try:
            await ready
        finally:
            loop.remove_reader(line)
            if writing:
                loop.remove_writer(line)

    async def _break_off(self) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self.connection.cancel_safe(timeout=_PATIENCE)
                await self._results()
        except (TimeoutError, psycopg.Error):
            self._libpq.finish()
        except BaseException:
            self._libpq.finish()
            raise


def _ring(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


@dataclass(frozen=True, slots=True)
class _Positional:
    text: bytes
    names: tuple[str, ...]
    formats: Sequence[PyFormat]


@lru_cache(1024)
def _positional(statement: str) -> _Positional:
    """As Postgres wants it: `$1`, `$2`."""
    names: dict[str, int] = {}

    def place(found: re.Match[str]) -> str:
        return f"${names.setdefault(found[1], len(names) + 1)}"

    text = _PARAMETER.sub(place, statement)
    return _Positional(text.encode(), tuple(names), [PyFormat.AUTO] * len(names))
