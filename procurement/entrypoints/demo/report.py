"""What is shown: a bar while it works, a table of what was done, and everything that was left out."""

from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from procurement.entrypoints.demo.figures import other_nets
from procurement.entrypoints.demo.run import Document
from procurement.entrypoints.demo.walk import Done

_WIDTH_OF_NO_TERMINAL = 150
_NAMED = 3
_OTHER_NETS = "lines whose stated amount is not quantity times price; quantity and price are what is ordered"


def console() -> Console:
    here = Console(highlight=False)
    return here if here.is_terminal else Console(highlight=False, width=_WIDTH_OF_NO_TERMINAL)


@contextmanager
def bar(screen: Console, total: int) -> Generator[Callable[[], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("Documents become orders", total=total)
        yield lambda: progress.advance(task)


def show(screen: Console, documents: Sequence[Document]) -> None:
    screen.print(_table(documents))
    _show_left_out(screen, documents)
    for document in documents:
        if document.fault:
            screen.print(f"[red]{escape(document.name)}: {escape(document.fault)}[/red]", soft_wrap=True)
    done = [document.done for document in documents if document.done]
    compared = sum(one.compared for one in done)
    screen.print(f"{compared:,} facts of the documents found again, unchanged, in orders and events.")
    screen.print(f"[bold]{len(done)} of {len(documents)}[/bold]")


def _table(documents: Sequence[Document]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("Document", "Order", "Supplier", "Lines", "Total", "Level", "Events", "Offsets"):
        figure = name in {"Lines", "Total", "Level", "Events"}
        table.add_column(
            name,
            justify="right" if figure else "left",
            overflow="fold",
            no_wrap=figure or name == "Order",
        )
    for document in documents:
        if document.done and document.supplier:
            row = (document.name, document.done.order["number"], document.supplier["name"])
            table.add_row(*map(escape, row), *_facts(document.done))
        else:
            table.add_row(escape(document.name), "[red]failed[/red]")
    return table


def _facts(done: Done) -> tuple[str, ...]:
    order, events = done.order, done.events
    total = f"{order['total']['amount']} {order['total']['currency']}"
    place = f"{events[0].partition}:{_ranges([event.offset for event in events])}"
    return str(len(order["lines"])), total, done.levels, str(len(events)), place


def _ranges(offsets: Sequence[int]) -> str:
    first, last = offsets[0], offsets[-1]
    without_gaps = last - first == len(offsets) - 1
    return f"{first}-{last}" if without_gaps else " ".join(map(str, offsets))


def _show_left_out(screen: Console, documents: Sequence[Document]) -> None:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for document in documents:
        for text in document.left_out:
            found[text].append(document.name)
        if document.done and document.invoice and (lines := other_nets(document.invoice)):
            found[f"{_OTHER_NETS}: {lines}"].append(document.name)
    if found:
        screen.print("Not taken over, or told otherwise than stated:")
    for text, names in sorted(found.items()):
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        where = ", ".join(names[:_NAMED]) + more
        screen.print(f"  {escape(text)} [dim]({escape(where)})[/dim]", soft_wrap=True)
