"""The codes of broken rules, read off the guards that report them, and the refusals of a context's own."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import NamedTuple, TypeVar

from procurement.kernel.errors import Concern, Refusal

R = TypeVar("R", bound=Refusal)

SOURCE = Path(__file__).parents[2] / "procurement"
CONTEXTS = sorted(folder.parent.name for folder in SOURCE.glob("*/domain"))

_CONCERNS = {
    "_authority": Concern.AUTHORITY,
    "_content": Concern.CONTENT,
    "content_blocker": Concern.CONTENT,
}


class Code(NamedTuple):
    concern: Concern
    code: str
    detail: str


def codes_of(context: str) -> list[Code]:
    """Each code once, in the order in which guards are asked."""
    found: dict[str, Code] = {}
    for code in reported(context):
        found.setdefault(code.code, code)
    order = list(Concern)
    return sorted(found.values(), key=lambda each: (order.index(each.concern), each.code))


def reported(context: str) -> Iterator[Code]:
    """A code as often as it is reported."""
    for path in sorted((SOURCE / context / "domain").glob("*.py")):
        yield from _reported(ast.parse(path.read_text()))


def refusals(kind: type[R]) -> list[type[R]]:
    """What contexts made of a kind of refusal, whichever of their modules it is in."""
    for context in CONTEXTS:
        for module in walk_packages([str(SOURCE / context)], f"procurement.{context}."):
            import_module(module.name)
    ours = tuple(f"procurement.{context}." for context in CONTEXTS)
    return sorted(
        (each for each in _below(kind) if each.__module__.startswith(ours)),
        key=lambda each: (each.code, each.__module__),
    )


def _below(kind: type[R]) -> Iterator[type[R]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _reported(module: ast.Module) -> Iterator[Code]:
    for function in ast.walk(module):
        if isinstance(function, ast.FunctionDef):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and (code := _code(call, _texts(function, call.lineno))):
                    yield code


def _texts(function: ast.FunctionDef, before: int) -> dict[str, ast.expr]:
    """What was put into a variable, last, before it was reported."""
    assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign) and node.lineno < before]
    return {
        target.id: node.value
        for node in sorted(assigned, key=lambda node: node.lineno)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _code(call: ast.Call, texts: dict[str, ast.expr]) -> Code | None:
    match call:
        case ast.Call(
            func=ast.Name(id="Blocker"),
            args=[ast.Constant(value=str(code)), ast.Attribute(attr=concern), detail, *_],
        ):
            return Code(Concern[concern], code, _said(detail, texts))
        case ast.Call(func=ast.Name(id=maker), args=[ast.Constant(value=str(code)), detail, *_]) if (
            maker in _CONCERNS
        ):
            return Code(_CONCERNS[maker], code, _said(detail, texts))
    return None


def _said(detail: ast.expr, texts: dict[str, ast.expr]) -> str:
    """The message, with … where something is filled in."""
    match detail:
        case ast.Name(id=name) if name in texts:
            return _said(texts[name], texts)
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_said(value, texts) for value in values)
    return "…"
