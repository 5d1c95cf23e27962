"""`procurement demo` against real processes: documents in, orders out, goods, invoices, matches, exports."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from procurement.entrypoints.demo.command import OWN_DOCUMENTS
from procurement.platform.kafka.access import KafkaAccess
from procurement.platform.kafka.tail import tail
from tests import servers


@dataclass(frozen=True, slots=True)
class Shop:
    home: Path
    environment: dict[str, str]
    brokers: str

    def demo(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                [sys.executable, "-m", "procurement", "demo", *arguments],
                env=self.environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
            )
        except subprocess.TimeoutExpired as never:
            raise AssertionError(f"{never}\n{self.log()}") from never

    def log(self) -> str:
        """What its processes said, as far as they were started."""
        log = self.home / "demo.log"
        return log.read_text() if log.exists() else ""

    def events(self, topic: str, kind: str) -> list[dict[str, str]]:
        async def read() -> list[dict[str, str]]:
            lines = [json.loads(line) async for line in tail(KafkaAccess(self.brokers), [topic])]
            return [line["event"] for line in lines if kind in line["headers"]["ce_type"]]

        return asyncio.run(read())


@pytest.fixture(scope="module")
def shop(postgres_url: str) -> Generator[Shop]:
    """With a broker of its own: its consumer is in the group that every consumer of the platform is in."""
    with servers.folder() as home, servers.embedded_kafka() as kafka:
        own = {
            "PROCUREMENT_HOME": str(home),
            "DATABASE_URL": postgres_url,
            "KAFKA_BROKERS": kafka.brokers,
            "NO_COLOR": "1",
        }
        theirs = {name: value for name, value in os.environ.items() if name != "LISTEN_ADDR"}
        yield Shop(home, theirs | own, kafka.brokers)


def registered(shop: Shop) -> int:
    names = [event["name"] for event in shop.events("supplier.suppliers", "SupplierRegistered")]
    return names.count("Stadtwerke Musterstadt GmbH")


def what_is_not_paid(said: str) -> list[str]:
    """Its steps, without the mark of the run."""
    told = said.partition("What is not paid just like that")[2].partition("Not taken over")[0]
    steps = [line.strip() for line in told.splitlines()[1:] if re.match("  [^ ]", line)]
    return [re.sub("-[0-9a-f]{8}-", "-*-", step) for step in steps]


def matched(shop: Shop) -> list[str]:
    numbers = [event["number"] for event in shop.events("invoicing.invoices", ".InvoiceMatched.")]
    return [re.sub("-[0-9a-f]{8}-", "-*-", number) for number in numbers]


def test_our_own_documents_go_through_and_the_next_run_knows_the_suppliers(
    shop: Shop, tmp_path: Path
) -> None:
    done = shop.demo()
    assert done.returncode == 0, done.stdout + done.stderr + shop.log()
    assert "4 of 4" in done.stdout
    assert "facts of the documents found again, unchanged" in done.stdout
    assert "'4000003000007' is not an identifier of scheme 0088" in done.stdout
    assert [level for level in ("L1", "L2", "L3") if f" {level} " in done.stdout] == ["L1", "L2", "L3"]
    assert "88 stated amounts, quantities and rates found again, unchanged, in UBL exports" in done.stdout
    assert "Invoices: 4 Matched." in done.stdout
    assert what_is_not_paid(done.stdout) == [
        "the same file again: refused: duplicate-invoice",
        "one item dearer than ordered: 2026-558812-*-PRI is Disputed",
        "more than came: 2026-558812-*-QTY is Disputed",
        "a credit note over the rest: 2026-558812-*-CN is Matched, and 2026-558812-*-QTY is Matched",
    ]
    assert sorted(matched(shop)) == sorted([
        "2026-558812", "MP-2026-1001", "MP-2026-1002", "SI-77031", "2026-558812-*-QTY",
    ])  # fmt: skip
    before = registered(shop)

    shutil.copy(OWN_DOCUMENTS / "heat-and-power.xml", tmp_path)
    (tmp_path / "broken.xml").write_text("<Invoice>")
    (tmp_path / "francs.xml").write_text(in_francs())
    (tmp_path / "notes.txt").write_text("no document")
    again = shop.demo("--docs", str(tmp_path))
    assert again.returncode == 1, again.stdout + again.stderr + shop.log()
    assert "1 of 3" in again.stdout
    assert "broken.xml: not XML" in again.stdout
    assert "francs.xml: 422 exchange-rate-missing" in again.stdout
    assert "heat-and-power.xml" in again.stdout
    assert "the same file is here already; refused until a reason said" in again.stdout
    assert "Invoices: 1 Matched." in again.stdout
    assert registered(shop) == before


def in_francs() -> str:
    return (OWN_DOCUMENTS / "instruments-in-dollars.xml").read_text().replace("USD", "CHF")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--docs", "/nowhere"), "does not exist"),
        (("--rate", "CHF:1.06"), "is not like USD=0.92"),
    ],
)
def test_a_wrong_command_line_is_told(shop: Shop, arguments: tuple[str, ...], said: str) -> None:
    done = shop.demo(*arguments)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_a_folder_without_documents_is_told(shop: Shop, tmp_path: Path) -> None:
    done = shop.demo("--docs", str(tmp_path))
    assert (done.returncode, "there is no .xml file" in done.stderr) == (2, True), done.stderr
