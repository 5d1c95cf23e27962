"""What the tests read of a process's log: whole lines, whatever strangers had it write into them."""

import json
from pathlib import Path

from tests.e2e.platform import Process


def log_of(folder: Path, text: str) -> Process:
    (folder / "api.log").write_text(text)
    return Process("api", {}, folder / "api.log", "nowhere")


def test_a_path_with_a_line_break_of_unicode_stays_in_its_line(tmp_path: Path) -> None:
    said = [{"path": f"/v1/suppliers/{strange}"} for strange in ("\u2028", "\u2029", "\x85", "\x0c", "\r")]
    log = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in said)
    assert [json.loads(line) for line in log_of(tmp_path, log).lines()] == said


def test_a_line_that_is_still_being_written_is_left_out(tmp_path: Path) -> None:
    assert log_of(tmp_path, '{"msg":"whole"}\n{"msg":"ha').lines() == ['{"msg":"whole"}']
    assert log_of(tmp_path, "").lines() == []
