"""What `procurement dev` shows: steps while it starts, then everybody's log lines, each with its name."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

_COLOURS = {"api": "cyan", "worker": "green", "consumer": "magenta", "dev": "yellow"}


class Screen:
    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)

    def step(self, text: str) -> None:
        self._console.print(Text("  ok  ", "green") + Text(text, ""))

    def warn(self, text: str) -> None:
        self._console.print(Text(" note ", "yellow") + Text(text, ""))

    @contextmanager
    def doing(self, text: str) -> Generator[None]:
        with self._console.status(text):
            yield
        self.step(text)

    @contextmanager
    def bar(self, text: str) -> Generator[Callable[[int, int], None]]:
        """A bar that appears with the first progress told; without a terminal, a line now and then."""
        columns = (TextColumn("      {task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(
            *columns, console=self._console, transient=True, disable=not self._console.is_terminal
        ) as progress:
            task = progress.add_task(text, total=None, visible=False)

            def told(here: int, total: int) -> None:
                progress.update(task, completed=here, total=total, visible=True)
                if not self._console.is_terminal and here % 10 == 0:
                    self._console.print(f"      {text}: {here} of {total}")

            yield told

    def line(self, who: str, text: str) -> None:
        self._console.print(Text(f"{who:8} | ", _COLOURS.get(who, "")) + Text.from_ansi(text))

    def show(self, text: str) -> None:
        self._console.print(Text(text))
