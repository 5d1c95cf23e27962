"""What may never be checked in: one machine's paths, a registry's address, a secret."""

import re
from pathlib import Path

import pytest

from tests.architecture.tracked import ROOT, tracked

FORBIDDEN = {
    "a path of one machine": re.compile(rb"(?<![\w./-])/(?:work|root|home/\w+|Users/\w+)/"),
    "a registry's address": re.compile(
        rb"pypi\.org|pythonhosted\.org|repo1?\.maven|maven\.org|registry\.npmjs|proxy\.golang", re.IGNORECASE
    ),
    "a private key": re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----|\"d\":\s*\"[\w-]{40,}\""),
}
FILES = [path for path in tracked() if path != Path(__file__).relative_to(ROOT)]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_holds(what: str) -> None:
    guilty = [str(path) for path in FILES if FORBIDDEN[what].search((ROOT / path).read_bytes())]
    assert guilty == []
