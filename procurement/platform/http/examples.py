"""The examples of the OpenAPI document: real bodies, kept in a file beside the routes, and a problem of each
code."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from procurement.platform.http.catalogue import CATALOGUE
from procurement.platform.http.replies import JSON
from procurement.platform.http.responses import Problems, Shown

Read = Callable[[Path], Mapping[str, Any]]

_FILE = "examples"


def examples_beside(module: str) -> dict[str, Any]:
    """`Router(…, opt=examples_beside(__file__))`: what is sent and answered, by operation, is in its
    examples.json."""
    return {_FILE: Path(module).with_name("examples.json")}


def read(path: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = msgspec.json.decode(path.read_bytes())
    return found


def show_bodies(handler: Any, operation: dict[str, Any], reading: Read) -> None:
    path = handler.opt.get(_FILE)
    shown = reading(path).get(operation["operationId"], {}) if path else {}
    if "request" in shown:
        operation["requestBody"]["content"][JSON]["example"] = shown["request"]
    if "answer" in shown:
        done = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
        done["content"][JSON]["example"] = shown["answer"]


def show_problems(handler: Any, operation: dict[str, Any], examples: dict[str, Any]) -> None:
    """Each once in *examples*, however many operations answer with it."""
    for status, declared in (handler.responses or {}).items():
        if isinstance(declared, Problems):
            answer = operation["responses"][str(status)]
            (content,) = answer["content"].values()
            content["examples"] = {
                each.kind.code: {"$ref": f"#/components/examples/{_put(each, operation, examples)}"}
                for each in declared.shown
            }


def retried(handler: Any, status: str) -> list[str]:
    """The codes that a problem of that status says Retry-After with."""
    declared = (handler.responses or {}).get(int(status))
    shown = declared.shown if isinstance(declared, Problems) else ()
    return [each.kind.code for each in shown if each.retry_after]


def _put(shown: Shown, operation: Mapping[str, Any], examples: dict[str, Any]) -> str:
    """Under which name."""
    kind = shown.kind
    name = kind.code if kind == CATALOGUE.get(kind.code) else f"{_tag(operation)}.{kind.code}"
    examples[name] = {"summary": kind.title, "value": msgspec.json.decode(shown.body)}
    return name


def _tag(operation: Mapping[str, Any]) -> str:
    return str(*operation.get("tags", ["other"])[:1]).replace(" ", "-")
