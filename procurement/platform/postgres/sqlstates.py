"""What a SQLSTATE says about the work: was it done, may it be done again, or is it our fault?

The table is reliability's, not Postgres': see docs/architecture.md. No code falls through.
"""

from enum import Enum


class Meaning(Enum):
    LOST_RACE = "rolled back for sure because somebody else came first"
    NOT_DONE = "rolled back or never begun; the same call may be made again"
    UNKNOWN = "the connection died; whether the work was committed cannot be told from here"
    OVERLOADED = "not done, and asking again at once makes it worse"
    OUR_FAULT = "a mistake of ours or of the data; asking again gives the same answer"


EXACT = {
    "40001": Meaning.LOST_RACE,
    "40P01": Meaning.LOST_RACE,
    "55P03": Meaning.NOT_DONE,
}


def meaning_of(sqlstate: str | None) -> Meaning:
    if sqlstate is None:
        return Meaning.UNKNOWN
    if sqlstate.startswith(("08", "57P")):
        return Meaning.UNKNOWN
    return EXACT.get(sqlstate, Meaning.OUR_FAULT)
