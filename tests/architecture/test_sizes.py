"""Small enough to read: functions of at most 40 lines, files of at most 250, tests 300."""

import ast
from pathlib import Path

import pytest

from tests.architecture.tracked import ROOT, tracked

LONGEST_FUNCTION = 40
LONGEST_FILE = 250
LONGEST_TEST_FILE = 300
FILES = [path for path in tracked() if path.suffix == ".py"]


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_file_is_short_enough(path: Path) -> None:
    limit = LONGEST_TEST_FILE if path.parts[0] == "tests" else LONGEST_FILE
    assert len((ROOT / path).read_text().splitlines()) <= limit


@pytest.mark.parametrize("path", [path for path in FILES if path.parts[0] == "procurement"], ids=str)
def test_a_function_is_short_enough(path: Path) -> None:
    functions = (
        node
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    too_long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno + 1 > LONGEST_FUNCTION]
    assert too_long == []
