"""What a SQLSTATE says about the work: was it done, may it be done again, or is it our fault?

Every code that Postgres can send has its meaning here, by itself or by its class; tests/unit/platform walks
Postgres' own list.
"""

from enum import Enum


class Meaning(Enum):
    LOST_RACE = "rolled back for sure because somebody else came first"
    LOCKED = "not done, because somebody else held the lock for too long"
    NOT_DONE = "never reached a server that could do it; the same call may be made again"
    STALE_PLAN = "not done: the prepared statement is older than the schema; prepare it anew"
    UNDONE = "rolled back for sure, with the transaction around it; only the whole use case can run again"
    UNKNOWN = "the connection died; whether the work was committed cannot be told from here"
    OVERLOADED = "not done, and asking again at once makes it worse"
    TIMED_OUT = "not done within the time that the statement had; asking again costs as much again"
    CORRUPT = "Postgres doubts its own data: somebody must look"
    OUR_FAULT = "a mistake of ours or of the data; asking again gives the same answer"


BY_CODE = {
    "08001": Meaning.NOT_DONE,  # could not connect
    "08004": Meaning.NOT_DONE,  # connection refused by the server
    "25006": Meaning.NOT_DONE,  # a standby: it cannot write
    "25P03": Meaning.UNDONE,  # idle in transaction for too long
    "25P04": Meaning.UNDONE,  # transaction took too long
    "40001": Meaning.LOST_RACE,  # serialization failure
    "40002": Meaning.OUR_FAULT,  # deferred constraint broken at commit
    "40003": Meaning.UNKNOWN,  # statement completion unknown
    "40P01": Meaning.LOST_RACE,  # deadlock
    "53300": Meaning.NOT_DONE,  # too many connections
    "54000": Meaning.OVERLOADED,  # program limit exceeded
    "55P03": Meaning.LOCKED,  # lock timeout, NOWAIT
    "57014": Meaning.TIMED_OUT,  # statement timeout
    "57P03": Meaning.NOT_DONE,  # starting up, shutting down
}

BY_CLASS = {
    "02": Meaning.OUR_FAULT,  # no data
    "03": Meaning.OUR_FAULT,  # statement not yet complete
    "08": Meaning.UNKNOWN,  # connection
    "09": Meaning.OUR_FAULT,  # triggered action
    "0A": Meaning.OUR_FAULT,  # feature not supported, but for cached plans (below)
    "0B": Meaning.OUR_FAULT,  # transaction initiation
    "0F": Meaning.OUR_FAULT,  # locator
    "0L": Meaning.OUR_FAULT,  # grantor
    "0P": Meaning.OUR_FAULT,  # role
    "0Z": Meaning.OUR_FAULT,  # diagnostics
    "10": Meaning.OUR_FAULT,  # XQuery
    "20": Meaning.OUR_FAULT,  # case not found
    "21": Meaning.OUR_FAULT,  # cardinality
    "22": Meaning.OUR_FAULT,  # data
    "23": Meaning.OUR_FAULT,  # integrity constraints, but for those with a name in the trade (errors.py)
    "24": Meaning.OUR_FAULT,  # cursor state
    "25": Meaning.OUR_FAULT,  # transaction state
    "26": Meaning.STALE_PLAN,  # prepared statement does not exist
    "27": Meaning.OUR_FAULT,  # triggered data change
    "28": Meaning.OUR_FAULT,  # authorization
    "2B": Meaning.OUR_FAULT,  # dependent privileges
    "2D": Meaning.OUR_FAULT,  # transaction termination
    "2F": Meaning.OUR_FAULT,  # SQL routine
    "34": Meaning.OUR_FAULT,  # cursor name
    "38": Meaning.OUR_FAULT,  # external routine
    "39": Meaning.OUR_FAULT,  # external routine invocation
    "3B": Meaning.OUR_FAULT,  # savepoint
    "3D": Meaning.OUR_FAULT,  # database name
    "3F": Meaning.OUR_FAULT,  # schema name
    "40": Meaning.UNDONE,  # transaction rollback
    "42": Meaning.OUR_FAULT,  # syntax, names, permissions
    "44": Meaning.OUR_FAULT,  # WITH CHECK OPTION, row-level security
    "53": Meaning.OVERLOADED,  # resources: disk full, out of memory
    "54": Meaning.OUR_FAULT,  # program limits: our statement is too big
    "55": Meaning.OUR_FAULT,  # object not in prerequisite state
    "57": Meaning.UNKNOWN,  # operator intervention: the session was ended
    "58": Meaning.OVERLOADED,  # system error: I/O
    "72": Meaning.UNDONE,  # snapshot too old
    "F0": Meaning.OUR_FAULT,  # configuration file
    "HV": Meaning.OUR_FAULT,  # foreign data wrapper
    "P0": Meaning.OUR_FAULT,  # PL/pgSQL
    "XX": Meaning.CORRUPT,  # internal error, data or index corrupted
}


def meaning_of(sqlstate: str, raised_by: str | None = None) -> Meaning:
    """A code of none of Postgres' classes came out of a function of ours, and is a mistake of ours.

    `raised_by` is Postgres' own function: "feature not supported" is also what it calls a plan that is older
    than the schema, and the text that says so may be in any language.
    """
    if sqlstate == "0A000" and raised_by == "RevalidateCachedQuery":
        return Meaning.STALE_PLAN
    return BY_CODE.get(sqlstate) or BY_CLASS.get(sqlstate[:2], Meaning.OUR_FAULT)
