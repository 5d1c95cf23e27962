"""Every problem the transport itself can answer with. The documentation is generated from this table."""

from dataclasses import dataclass

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    code: str
    status: int
    title: str
    meaning: str
    """What the caller can do about it; the detail of the answer where nothing finer is known."""


KINDS = (
    Kind("malformed-request", 400, "Malformed request", "The request is not well-formed HTTP."),
    Kind("malformed-json", 400, "Malformed JSON", "The body is not one well-formed JSON document in UTF-8."),
    Kind("body-missing", 400, "Body missing", "Send a JSON document as the body."),
    Kind("body-incomplete", 400, "Body incomplete", "The connection ended before the body did."),
    Kind("duplicate-key", 400, "Duplicate key", "An object of the body names a member twice."),
    Kind("too-deep", 400, "Nested too deep", "The body is nested deeper than 64 levels."),
    Kind("invalid-parameter", 400, "Invalid parameter", "A parameter of the URL or a header is invalid."),
    Kind(
        "idempotency-key-missing",
        400,
        "Idempotency-Key missing",
        "Send an Idempotency-Key: a name of your own for this command, the same one when you repeat it.",
    ),
    Kind(
        "idempotency-key-malformed",
        400,
        "Idempotency-Key malformed",
        "An Idempotency-Key has 1 to 255 printable ASCII characters without spaces, quoted or bare.",
    ),
    Kind("if-match-malformed", 400, "If-Match malformed", 'If-Match is one strong ETag: "7".'),
    Kind("cursor-invalid", 400, "Cursor invalid", "The cursor expired, was altered or is another list's."),
    Kind("token-missing", 401, "Token missing", "Send `Authorization: Bearer <access token>`."),
    Kind("token-invalid", 401, "Token invalid", "The access token was not accepted; get a new one."),
    Kind("role-missing", 403, "Role missing", "Your token carries none of the roles that may call this."),
    Kind("no-such-route", 404, "No such route", "Nothing is served at this path."),
    Kind("not-found", 404, "Not found", "There is nothing by that name."),
    Kind("method-not-allowed", 405, "Method not allowed", "The header Allow lists the methods of this path."),
    Kind("not-acceptable", 406, "Not acceptable", "None of the media types that you accept is served."),
    Kind("body-too-slow", 408, "Body too slow", "The body did not arrive in time."),
    Kind("stale", 409, "Stale", "Somebody changed it first: read it again and decide anew."),
    Kind("not-yet", 409, "Not yet", "A fact that this needs has not arrived yet; repeat a little later."),
    Kind("version-mismatch", 412, "Version mismatch", "You decided on an old version: read it again."),
    Kind("body-too-large", 413, "Body too large", "The body is larger than this service reads."),
    Kind(
        "unsupported-media-type",
        415,
        "Unsupported media type",
        "Send `Content-Type: application/json` in UTF-8, without a Content-Encoding.",
    ),
    Kind("invalid-body", 422, "Invalid body", "The body is JSON, and some of its fields are invalid."),
    Kind("rule-broken", 422, "Rule broken", "Business rules forbid it."),
    Kind(
        "idempotency-key-reused",
        422,
        "Idempotency-Key reused",
        "This key named another command before; choose a new one.",
    ),
    Kind("if-match-missing", 428, "If-Match missing", "Send If-Match with the ETag that you decided on."),
    Kind("too-many-requests", 429, "Too many requests", "Slow down; Retry-After says when to go on."),
    Kind("headers-too-large", 431, "Headers too large", "The request line and headers are too large."),
    Kind("internal", 500, "Internal error", "Our fault. The request id finds it in our logs."),
    Kind("failure", 503, "Unavailable", "Temporarily unable to answer; repeat with the same key."),
    Kind("unavailable", 503, "Unavailable", "Temporarily unable to answer; nothing was done, repeat it."),
    Kind(
        "interrupted",
        503,
        "Interrupted",
        "Whether it was done is unknown; repeat it with the same Idempotency-Key to find out.",
    ),
    Kind("circuit-open", 503, "Unavailable", "A dependency is down; nothing was done, repeat it later."),
    Kind("overloaded", 503, "Overloaded", "Too many requests at once; nothing was done, repeat it."),
    Kind(
        "shutting-down",
        503,
        "Shutting down",
        "This process stops; repeat it with the same Idempotency-Key.",
    ),
    Kind(
        "deadline-exceeded",
        504,
        "Deadline exceeded",
        "It took too long and whether it was done is unknown; repeat it with the same Idempotency-Key.",
    ),
)

CATALOGUE = {kind.code: kind for kind in KINDS}
