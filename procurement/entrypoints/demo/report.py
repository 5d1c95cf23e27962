"""What is shown: a bar while it works, a table of what was done, and why what came of it did."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from procurement.entrypoints.demo import words
from procurement.entrypoints.demo.bills import still_open
from procurement.entrypoints.demo.run import Document, Story, Tour

_WIDTH_OF_NO_TERMINAL = 170
_FIGURES = {"Lines", "Total", "Level", "Events", "Receipts", "Figures"}
_NAMES = ("Document", "Order", "Supplier", "Lines", "Total", "Level", "Events", "Offsets", "Receipts")
_OF_INVOICE = ("Invoice", "Figures", "Findings", "Exceptions")
_COLOURS = {"Matched": "green", "Matching": "yellow", "Disputed": "yellow"}


def console() -> Console:
    here = Console(highlight=False)
    return here if here.is_terminal else Console(highlight=False, width=_WIDTH_OF_NO_TERMINAL)


@contextmanager
def bar(screen: Console, total: int) -> Generator[Callable[[], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task("Ordered, received, invoiced", total=total)
        yield lambda: progress.advance(task)


def show(screen: Console, tour: Tour, *, verbose: bool) -> None:
    screen.print(_table(tour.documents))
    for document in tour.documents:
        _show_why(screen, document, verbose=verbose)
    if tour.story:
        _show_story(screen, tour.story)
    else:
        screen.print(
            "Nothing matched that is simple enough to try a copy, a higher price and a credit note with."
        )
    if left_out := list(words.left_out(tour.documents)):
        screen.print("Not taken over, or told otherwise than stated:")
        for text, where in left_out:
            screen.print(f"  {escape(text)} [dim]({escape(where)})[/dim]", soft_wrap=True)
    for document in tour.documents:
        if document.fault:
            _show_fault(screen, document.name, document.fault)
    for line in words.summed_up(tour.documents):
        screen.print(line)


def _show_fault(screen: Console, name: str, fault: str) -> None:
    screen.print(f"[red]{escape(name)}: {escape(fault)}[/red]", soft_wrap=True)


def _table(documents: Sequence[Document]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=0, pad_edge=False)
    for name in (*_NAMES, *_OF_INVOICE):
        figure = name in _FIGURES
        table.add_column(
            name,
            justify="right" if figure else "left",
            overflow="fold",
            no_wrap=figure or name in {"Order", "Invoice"},
        )
    for document in documents:
        if document.done and document.supplier:
            row = (document.name, document.done.order["number"], document.supplier["name"])
            table.add_row(*map(escape, row), *words.of_order(document.done), *_of_invoice(document))
        else:
            table.add_row(escape(document.name), "[red]failed[/red]")
    return table


def _of_invoice(document: Document) -> tuple[str, ...]:
    if document.bill is None:
        return str(document.receipts), "[red]failed[/red]"
    status, bill = document.bill.match["status"], document.bill
    findings = dict.fromkeys(each["rule"] for each in bill.standing["findings"])
    exceptions = dict.fromkeys(each["reason"] for each in still_open(bill.match))
    return (
        str(document.receipts),
        f"[{_COLOURS[status]}]{status}[/]",
        str(bill.compared),
        escape(" ".join(findings)),
        escape(" ".join(exceptions)),
    )


def _show_why(screen: Console, document: Document, *, verbose: bool) -> None:
    if document.bill is None:
        return
    if told := list(words.why(document.bill, verbose=verbose)):
        screen.print(f"[bold]{escape(document.name)}[/bold]: {document.bill.match['status']}")
    for text in told:
        screen.print(f"  {escape(text)}", soft_wrap=True)


def _show_story(screen: Console, story: Story) -> None:
    screen.print(f"What is not paid just like that, tried with [bold]{escape(story.document.name)}[/bold]:")
    for step in story.steps:
        screen.print(f"  [bold]{escape(step.what)}[/bold]: {escape(step.became)}", soft_wrap=True)
        screen.print(f"    {escape(step.why)}", soft_wrap=True)
    if story.fault:
        _show_fault(screen, "  that failed", story.fault)
