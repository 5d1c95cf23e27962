"""How the layers read the headers of a request."""

from procurement.platform.http.exchange import header


def test_of_headers_with_one_name_the_first_counts() -> None:
    scope = {"headers": [(b"if-match", b'"1"'), (b"accept", b"*/*"), (b"if-match", b'"2"')]}
    assert [header(scope, name) for name in (b"if-match", b"accept", b"range")] == [b'"1"', b"*/*", None]
    assert header(scope, b"if-match") == b'"1"'
