"""What bounds a session arrives at a real one: at the server's end, and at the socket's."""

import os
import socket
from collections.abc import AsyncGenerator

import pytest

from procurement.platform.postgres.database import Database
from procurement.platform.postgres.engine import APP_ROLE, PoolOptions, open_engine

pytestmark = pytest.mark.anyio

OPTIONS = PoolOptions(
    size=1, connect_timeout=4, statement_timeout=7.0, lock_timeout=1.5, idle_in_transaction_timeout=9.0
)


@pytest.fixture
async def database(postgres_url: str) -> AsyncGenerator[Database]:
    engine = open_engine(postgres_url, role=APP_ROLE, application="procurement-test", options=OPTIONS)
    yield Database(engine)
    await engine.dispose()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("role", "procurement_app"),
        ("application_name", "procurement-test"),
        ("statement_timeout", "7s"),
        ("lock_timeout", "1500ms"),
        ("idle_in_transaction_session_timeout", "9s"),
        ("client_connection_check_interval", "2s"),
        ("TimeZone", "UTC"),
    ],
)
async def test_the_server_bounds_the_session(database: Database, name: str, value: str) -> None:
    assert await database.fetch("SELECT current_setting(%(name)s)", {"name": name}) == [(value,)]


async def test_whoever_vanishes_is_missed_within_20_seconds(database: Database) -> None:
    """A silent one is asked after 10 seconds, every 3; what it does not acknowledge is waited for as long."""
    borrowed = await database.connections.take()
    try:
        with socket.socket(fileno=os.dup(borrowed.wire.connection.fileno())) as line:
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            found = [
                line.getsockopt(socket.IPPROTO_TCP, option)
                for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            ]
            assert (found, line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)) == (
                [10, 3, 3],
                10_000,
            )
        assert borrowed.wire.connection.info.get_parameters()["connect_timeout"] == "4"
    finally:
        await database.connections.give_back(borrowed)
