"""Why an invoice can be disputed, in Peppol's reasons, with our codes read off the match that finds them."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from procurement.invoicing.adapters.inbound.peppol import IN_WORDS
from procurement.invoicing.domain.matching import Reason
from tests.published.codes import SOURCE
from tests.published.marks import table

RULE = "the id of a broken rule"
"""Where the code is no constant."""


def reasons() -> str:
    codes: defaultdict[Reason, set[str]] = defaultdict(set)
    for reason, code in _found():
        codes[reason].add(f"`{code}`" if code != RULE else code)
    rows = [(f"`{reason}`", words, ", ".join(sorted(codes[reason]))) for reason, words in IN_WORDS.items()]
    return table("Peppol | in words | our codes", rows)


def _found() -> Iterator[tuple[Reason, str]]:
    for path in sorted((SOURCE / "invoicing" / "domain").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id="Mismatch"), keywords=keywords):
                    said = {keyword.arg: keyword.value for keyword in keywords}
                    yield from _pairs(said["reason"], said["code"])
                case ast.Call(func=ast.Name(id="_of_whole"), args=[reason, code, *_]):
                    yield from _pairs(reason, code)


def _pairs(reason: ast.expr, code: ast.expr) -> Iterator[tuple[Reason, str]]:
    """Where it depends, both do, or only the code does."""
    codes = [arm.value if isinstance(arm, ast.Constant) else RULE for arm in _arms(code)]
    names = [arm.attr for arm in _arms(reason) if isinstance(arm, ast.Attribute)]
    for place, each in enumerate(codes):
        if names:  # the helper's own call passes on what it was given
            yield Reason[names[place % len(names)]], str(each)


def _arms(value: ast.expr) -> list[ast.expr]:
    return [*_arms(value.body), *_arms(value.orelse)] if isinstance(value, ast.IfExp) else [value]
