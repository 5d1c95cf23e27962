"""A life cycle as a table and as a picture, where a command may lead to one of several states."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from tests.published.marks import table


class Transition(Protocol):
    @property
    def moves(self) -> Mapping[Any, Any]: ...
    @property
    def roles(self) -> Iterable[str]: ...
    @property
    def events(self) -> Mapping[Any, str]: ...
    @property
    def rule(self) -> str: ...


def life_cycle(rows: Mapping[Any, Transition]) -> str:
    return table(
        "from | command | to | who | guard | event",
        [
            (
                ", ".join("(new)" if source is None else source for source in row.moves),
                f"`{command}`",
                ", ".join(sorted(set().union(*row.moves.values()))),
                ", ".join(sorted(row.roles)),
                row.rule,
                ", ".join(dict.fromkeys(row.events.values())),
            )
            for command, row in rows.items()
        ],
    )


def diagram(rows: Mapping[Any, Transition]) -> str:
    return "\n".join(_diagram(rows))


def _diagram(rows: Mapping[Any, Transition]) -> Iterator[str]:
    yield from ("```mermaid", "stateDiagram-v2")
    for command, row in rows.items():
        for source, targets in row.moves.items():
            for target in sorted(targets):
                yield f"    {source or '[*]'} --> {target}: {command}"
    yield "```"
