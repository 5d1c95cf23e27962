"""Write the table of settings into docs/deployment.md: `python docs/settings_table.py` from the top."""  # noqa: INP001

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

sys.path.insert(0, str(Path(__file__).parents[1]))

import itertools

from procurement.settings import BackgroundSettings, DatabaseSettings, Settings
from procurement.settings.kafka import KafkaSettings

PAGE = Path(__file__).with_name("deployment.md")
BEGIN, END = "<!-- settings: written by docs/settings_table.py -->", "<!-- end of settings -->"


def with_table(page: str) -> str:
    """The page with what stands between the marks written anew."""
    head, rest = page.split(BEGIN)
    return f"{head}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


def table() -> str:
    described = (DatabaseSettings, KafkaSettings, Settings)
    meanings = {name: text for each in described for name, text in _docstrings(each)}
    rows = [
        f"| {_name(name)} | {_default(field)} | {_limits(field)} | {meanings.get(name, '')} |"
        for name, field in BackgroundSettings.model_fields.items()
    ]
    return "\n".join(["| setting | default | limits | meaning |", "|---|---|---|---|", *rows])


def _docstrings(settings: type) -> Iterator[tuple[str, str]]:
    """The string under each field, as `pydoc` does not know it and readers of the source do."""
    body = ast.parse(inspect.getsource(settings)).body[0].body  # type: ignore[attr-defined]
    for field, below in itertools.pairwise(body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, " ".join(text.split())


def _name(name: str) -> str:
    name = name.upper()
    return f"`{name}` or `{name}_FILE`" if name in BackgroundSettings.secrets else f"`{name}`"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value: Any = field.default
    if value is None:
        return "not set"
    return f"`{_duration(value) if _is_duration(field) else _shown(value)}`"


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_duration(field: FieldInfo) -> bool:
    return any(getattr(getattr(each, "func", None), "__name__", "") == "seconds" for each in field.metadata)


def _duration(seconds: float) -> str:
    return f"{seconds * 1000:g}ms" if seconds < 1 else f"{seconds:g}s"


def _limits(field: FieldInfo) -> str:
    found = {
        name: value
        for each in field.metadata
        for name in ("ge", "gt", "le", "lt")
        if (value := getattr(each, name, None)) is not None
    }
    if hasattr(field.annotation, "__members__"):
        return ", ".join(f"`{member}`" for member in field.annotation)  # type: ignore[union-attr]
    show = _duration if _is_duration(field) else "{:g}".format
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    return ", ".join(f"{signs[name]} {show(value)}" for name, value in found.items())


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
