"""`procurement demo`: a folder of invoices, ordered, received, taken in and matched on the whole platform."""

import asyncio
import re
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

import click
import httpx

from procurement.entrypoints import instance
from procurement.entrypoints.demo import report
from procurement.entrypoints.demo.run import opened, run
from procurement.entrypoints.dev import Meanwhile, on_this_machine
from procurement.entrypoints.exits import UNREACHABLE, leave
from procurement.entrypoints.screen import Screen
from procurement.kernel.errors import Unavailable
from procurement.platform.embedded.place import home

OWN_DOCUMENTS = Path(__file__).with_name("documents")
OWN_RATES = ("USD=0.92",)
_RATE = re.compile(r"([A-Z]{3})=([0-9]{1,9}(?:\.[0-9]{1,10})?)", re.ASCII)


def _rates(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    matches = {text: _RATE.fullmatch(text) for text in given}
    for text, match in matches.items():
        if match is None:
            raise click.BadParameter(f"{text!r} is not like USD=0.92")
    return {match[1]: match[2] for match in matches.values() if match}


def _documents(_: click.Context, __: click.Parameter, folder: Path) -> list[Path]:
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".xml" and path.is_file())
    if not found:
        raise click.BadParameter(f"there is no .xml file in {folder}")
    return found


@click.command()
@click.option(
    "--docs",
    "paths",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    callback=_documents,
    default=OWN_DOCUMENTS,
    show_default="a few of our own",
    help="Folder of UBL 2 invoices (*.xml).",
)
@click.option(
    "--rate",
    "rates",
    multiple=True,
    callback=_rates,
    default=OWN_RATES,
    show_default=", ".join(OWN_RATES),
    help="For the purchasing policy, where it has none for a document's currency. May be repeated.",
)
@click.option(
    "--verbose", is_flag=True, help="Explain every line of every invoice, not only where it differs."
)
def demo(paths: list[Path], rates: dict[str, str], verbose: bool) -> None:
    """Take a folder of invoices through the platform: order, goods, invoice.

    For each document: its supplier is registered and approved, or found again; an order with exactly its
    lines is submitted, approved by the people its amount needs, issued and acknowledged; the order is read
    back and compared with the document, figure by figure, and so are its events on Kafka. The goods come in
    two receipts, the very same document is taken in as the supplier's invoice, the match decides, and the
    UBL export must state every amount as the file does.

    With the first document that suits: a second copy, a higher price, more than came, and a credit note.

    Uses what `procurement dev` runs here; otherwise starts that for the duration, and its processes write
    to demo.log in .local (PROCUREMENT_HOME). Every run makes new orders, and finds the suppliers again.

    \b
    Examples:
      procurement demo
      procurement demo --docs invoices --rate CHF=1.06 --rate USD=0.92

    Exit codes: 0 all went through, 1 some did not, 2 the command line is wrong, 69 the platform is gone.
    """
    tour, screen = opened(paths), report.console()

    async def shop(platform: Mapping[str, str]) -> None:
        try:
            with report.bar(screen, len(tour.documents)) as advance:
                await run(platform, tour, rates, advance)
        except httpx.TransportError as error:
            raise Unavailable(f"the API at {platform['api']} no longer answers") from error
        report.show(screen, tour, verbose=verbose)

    if platform := instance.of_this_machine():
        _on_what_runs(shop(platform))
    else:
        _on_our_own(shop)
    if not tour.went_well:
        raise SystemExit(1)


def _on_what_runs(shopping: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(shopping)
    except Unavailable as error:
        leave(str(error), UNREACHABLE)
    except KeyboardInterrupt:
        leave("stopped before the end; what was done is done")


def _on_our_own(shop: Meanwhile) -> None:
    home().mkdir(parents=True, exist_ok=True)
    with (home() / "demo.log").open("w") as log:
        on_this_machine(Screen(), lambda who, text: print(f"{who:8} | {text}", file=log, flush=True), shop)
