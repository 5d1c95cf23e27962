import psycopg
import psycopg.errors
import pytest

from procurement.kernel.errors import Failure, Interrupted, Refusal, Stale, Unavailable
from procurement.platform.interceptors.outcome import outcome_of
from procurement.platform.postgres.errors import (
    Corrupt,
    LockHeld,
    Overloaded,
    PoolBusy,
    TimedOut,
    opening,
    working,
)

CONNECTION_DIED = ["08000", "08003", "08006", "08007", "40003", "57P01", "57P02", "57P05"]


def translated(error: BaseException, *, writing: bool = True) -> Exception:
    with pytest.raises(Exception) as caught, working({}, writing=writing):  # noqa: PT011
        raise error
    return caught.value


def error_of(sqlstate: str) -> psycopg.Error:
    return psycopg.errors.lookup(sqlstate)("the text of postgres, with what somebody sent")


@pytest.mark.parametrize("sqlstate", CONNECTION_DIED)
def test_a_connection_that_dies_under_a_write_leaves_it_unknown(sqlstate: str) -> None:
    assert type(translated(error_of(sqlstate))) is Interrupted


@pytest.mark.parametrize("sqlstate", CONNECTION_DIED)
def test_a_connection_that_dies_under_a_read_has_done_nothing(sqlstate: str) -> None:
    assert type(translated(error_of(sqlstate), writing=False)) is Unavailable


@pytest.mark.parametrize(
    ("sqlstate", "kind"),
    [
        ("40001", Stale),
        ("40P01", Stale),
        ("55P03", LockHeld),
        ("25P03", Interrupted),
        ("53300", Unavailable),
        ("57P03", Unavailable),
        ("25006", Unavailable),
        ("26000", Unavailable),
        ("53100", Overloaded),
        ("54000", Overloaded),
        ("58030", Overloaded),
        ("57014", TimedOut),
        ("XX001", Corrupt),
        ("23505", psycopg.errors.UniqueViolation),
        ("42P01", psycopg.errors.UndefinedTable),
    ],
)
def test_every_meaning_has_its_kind(sqlstate: str, kind: type[Exception]) -> None:
    assert type(translated(error_of(sqlstate))) is kind


@pytest.mark.parametrize("sqlstate", ["57014", "53100", "53200", "54000", "58030", "XX000", "XX001", "XX002"])
def test_what_must_never_be_retried_is_a_failure_of_neither_kind_that_is(sqlstate: str) -> None:
    error = translated(error_of(sqlstate))
    assert isinstance(error, Failure)
    assert not isinstance(error, Unavailable | Interrupted)
    assert error.outage


def test_the_cause_is_kept_and_its_text_is_not_repeated() -> None:
    cause = error_of("57P01")
    error = translated(cause)
    assert error.__cause__ is cause
    assert "somebody sent" not in str(error)


def test_without_a_sqlstate_libpq_has_lost_the_connection() -> None:
    lost = psycopg.OperationalError("server closed the connection unexpectedly")
    assert type(translated(lost)) is Interrupted


def test_without_a_sqlstate_a_wrong_parameter_is_our_mistake() -> None:
    mistake = psycopg.ProgrammingError("the query has 2 placeholders but 1 parameters were passed")
    assert translated(mistake) is mistake


def test_a_refusal_inside_passes_as_it_is() -> None:
    refusal = Refusal("no")
    assert translated(refusal) is refusal


def test_a_pool_without_a_free_connection_is_no_outage_of_postgres() -> None:
    busy = PoolBusy("all connections to postgres are in use")
    assert not busy.outage
    assert outcome_of(busy) == "unavailable"


@pytest.mark.parametrize(
    "error", [psycopg.OperationalError("refused"), OSError("no route"), error_of("28P01")]
)
def test_before_any_statement_has_run_the_call_may_be_made_again(error: Exception) -> None:
    with pytest.raises(Unavailable) as caught, opening():
        raise error
    assert caught.value.outage
