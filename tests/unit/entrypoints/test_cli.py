"""The command line explains itself, quickly, and says what is wrong with what was typed."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from procurement.entrypoints.cli import COMMANDS, main
from procurement.entrypoints.people import PEOPLE


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does_and_how_it_ends(command: str) -> None:
    answer = CliRunner().invoke(main, [command, "--help"])
    assert answer.exit_code == 0, answer.output
    assert f"Usage: main {command}" in answer.output


def test_the_overview_loads_nothing_of_the_application() -> None:
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "procurement", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(name in shown.stdout for name in COMMANDS)
    assert not [name for name in ("litestar", "sqlalchemy", "aiokafka", "pydantic") if name in shown.stderr]


def test_a_command_that_does_not_exist_is_said_to() -> None:
    answer = CliRunner().invoke(main, ["aproove"])
    assert (answer.exit_code, "No such command" in answer.output) == (2, True)


def test_a_person_of_the_sample_data_gets_a_token(tmp_path: object) -> None:
    answer = CliRunner(env={"PROCUREMENT_HOME": str(tmp_path)}).invoke(main, ["token", "--user", "bea"])
    assert (answer.exit_code, answer.stdout.count(".")) == (0, 2)


def test_a_stranger_without_a_role_gets_none() -> None:
    answer = CliRunner().invoke(main, ["token", "--user", "mallory"])
    assert (answer.exit_code, "--role" in answer.output) == (2, True)


def test_nobody_of_the_sample_data_both_raises_and_approves() -> None:
    names = [one.name for one in PEOPLE]
    assert len(set(names)) == len(names)
    assert all(len(one.roles) == 1 for one in PEOPLE)


def test_migrate_without_a_database_lists_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "DATABASE_URL_FILE", "MIGRATION_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    answer = CliRunner().invoke(main, ["migrate", "--check"])
    assert (answer.exit_code, "DATABASE_URL" in answer.output) == (78, True)


def test_migrate_says_that_postgres_cannot_be_reached() -> None:
    nobody = {"DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c"}
    answer = CliRunner(env=nobody).invoke(main, ["migrate", "--check"])
    assert (answer.exit_code, "cannot be reached" in answer.output) == (69, True)
