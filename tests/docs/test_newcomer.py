"""docs/newcomer.md is walked on a copy of the tree: its blocks put where they belong, its tests run."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tracked import ROOT, tracked

OURS, TESTS = "procurement/purchasing", "tests/unit/purchasing"
PLACES = (
    (f"{OURS}/domain/lifecycle.py", '    REJECT = "reject"'),
    (f"{OURS}/domain/lifecycle.py", '            "the same authority as to approve; a reason",\n        ),'),
    (f"{OURS}/domain/events.py", "    action: ClassVar[str] = Command.REJECT"),
    (f"{OURS}/domain/guards.py", "    Command.REJECT: (_entitled_to_approve,),"),
    (f"{OURS}/domain/order.py", "events.PurchaseOrderRejected, State.DRAFT, reason=reason)"),
    (f"{OURS}/app/ports.py", "def reject(self, act: Act, decision: Decision, reason: str) -> Answer: ..."),
    (f"{OURS}/app/service.py", "order.reject(reason, by=act.actor, facts=facts)\n        )"),
    (f"{OURS}/adapters/outbound/public.py", '"""An approver sent the order back to its requester."""'),
    (f"{OURS}/adapters/outbound/events.py", "    PurchaseOrderRejected,"),
    (f"{OURS}/adapters/outbound/events.py", "PurchaseOrderRejected: (PurchaseOrderRejected, _nothing_more),"),
    (f"{OURS}/adapters/inbound/order_commands.py", "purchasing.reject(act, decision, body.reason)"),
    (f"{OURS}/adapters/inbound/order_commands.py", "ReasonBody, _reject),"),
    (f"{OURS}/adapters/inbound/refusals.py", "Command.REJECT: (STATE, *ENTITLED_TO_APPROVE),"),
    (f"{TESTS}/test_lifecycle.py", "        Command.REJECT: State.DRAFT,"),
    (f"{TESTS}/test_lifecycle.py", 'o.reject("too dear", by=L1, facts=facts()),'),
    (f"{TESTS}/test_machine.py", 'self.ask(Command.REJECT, "no", by=by)'),
    (f"{TESTS}/test_http.py", 'assert (unchanged.status_code, unchanged.content) == (304, b"")'),
    (
        "tests/published/purchasing.py",
        "by=L3, facts=f)),\n        (BUYER, lambda o, f: o.submit(by=BUYER, facts=f)),",
    ),
    ("tests/published/conversations.py", '{other}/cancel", {"reason": "No longer needed"}, seen=3)'),
)
"""Of each block on the page: its file, and what it follows there."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = tmp_path_factory.mktemp("copy")
    for path in tracked():
        (copied / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, copied / path)
    return copied


def python(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_who_follows_the_walk_has_a_command_that_works(copy: Path) -> None:
    page = (ROOT / "docs/newcomer.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    for block, (file, before) in zip(blocks, PLACES, strict=True):
        text = (copy / file).read_text()
        assert text.count(before) == 1, f"{before!r} is where the walk goes on in {file}"
        (copy / file).write_text(text.replace(before, f"{before}\n{block.rstrip()}"))

    written = python(copy, "tests.published")
    assert written.returncode == 0, written.stderr
    assert (copy / "docs/events/samples/PurchaseOrderWithdrawn.v1.json").exists()
    files = sorted({file for file, _ in PLACES if file.startswith(TESTS)})
    ran = python(copy, "pytest", "-q", "-p", "no:cacheprovider", *files)
    assert ran.returncode == 0, ran.stdout
