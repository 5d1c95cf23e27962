"""Every code of Postgres' own list has its meaning, and the ones that decide something have it by hand."""

import psycopg.errors
import pytest

from procurement.platform.postgres.sqlstates import BY_CLASS, BY_CODE, Meaning, meaning_of

LISTED = sorted(
    code for code in psycopg.errors._sqlcodes if len(code) == 5 and code[:2].isupper() | code[0].isdigit()
)

BY_HAND = {
    Meaning.LOST_RACE: "40001 40P01",
    Meaning.LOCKED: "55P03",
    Meaning.NOT_DONE: "08001 08004 25006 53300 57P03",
    Meaning.STALE_PLAN: "26000",
    Meaning.UNDONE: "25P03 25P04 40000 72000",
    Meaning.UNKNOWN: "08000 08003 08006 08007 08P01 40003 57000 57P01 57P02 57P04 57P05",
    Meaning.OVERLOADED: "53000 53100 53200 53400 54000 58000 58030 58P01 58P02 58P03",
    Meaning.TIMED_OUT: "57014",
    Meaning.CORRUPT: "XX000 XX001 XX002",
}
BUSINESS = "22001 22003 22P02 23502 23503 23505 23514 23P01 25P02 28P01 3D000 40002 42501 42601 42P01 P0001"


def test_the_list_is_postgres_own() -> None:
    assert len(LISTED) > 240
    assert {"00000", "40001", "XX002"} - set(LISTED) == {"00000"}


@pytest.mark.parametrize("code", LISTED)
def test_no_code_falls_through(code: str) -> None:
    assert code in BY_CODE or code[:2] in BY_CLASS


@pytest.mark.parametrize(
    ("code", "meaning"), [(code, meaning) for meaning, codes in BY_HAND.items() for code in codes.split()]
)
def test_what_decides_between_again_and_never_is_written_by_hand(code: str, meaning: Meaning) -> None:
    assert meaning_of(code) is meaning


@pytest.mark.parametrize("code", BUSINESS.split())
def test_what_we_or_the_data_did_wrong_is_never_asked_again(code: str) -> None:
    assert meaning_of(code) is Meaning.OUR_FAULT


def test_all_that_is_not_named_here_is_our_fault() -> None:
    named = set(" ".join(BY_HAND.values()).split())
    assert {meaning_of(code) for code in LISTED if code not in named} == {Meaning.OUR_FAULT}


def test_a_plan_that_is_older_than_the_schema_is_not_a_missing_feature() -> None:
    assert meaning_of("0A000", "RevalidateCachedQuery") is Meaning.STALE_PLAN
    assert meaning_of("0A000", "transformSelectStmt") is Meaning.OUR_FAULT


def test_a_code_that_postgres_does_not_know_came_from_a_function_of_ours() -> None:
    assert meaning_of("PT409") is Meaning.OUR_FAULT


def test_no_entry_repeats_what_its_class_says() -> None:
    assert [code for code, meaning in BY_CODE.items() if BY_CLASS[code[:2]] is meaning] == []
