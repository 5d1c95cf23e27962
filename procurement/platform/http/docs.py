"""The documentation page: the OpenAPI document as plain HTML, without scripts and without the internet."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from html import escape
from typing import Any

import msgspec

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
h2{margin-top:2.5rem}code,pre{font:13px/1.45 ui-monospace,monospace;background:#f3f4f6;border-radius:4px}
code{padding:.1em .3em}pre{padding:.8rem;overflow:auto}details{border:1px solid #d6dae0;border-radius:6px;
margin:.5rem 0;padding:.5rem .8rem}summary{cursor:pointer}b.m{display:inline-block;width:4.5rem;color:#0b57d0}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #e5e7eb;padding:.3rem .5rem;
text-align:left;vertical-align:top}
"""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    f"style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
)


def page(document: Mapping[str, Any]) -> bytes:
    info = document["info"]
    return "".join(
        (
            '<!doctype html><html lang="en"><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{escape(info['title'])}</title><style>{_STYLE}</style>",
            f"<h1>{escape(info['title'])} <small>{escape(info['version'])}</small></h1>",
            f"<p>{_text(info.get('description', ''))}</p>",
            '<p>Machine-readable: <a href="/openapi.json"><code>/openapi.json</code></a></p>',
            *_operations(document),
            "<h2>Problems</h2>",
            *_problems(document),
            "<h2>Schemas</h2>",
            *_schemas(document),
            "</html>",
        )
    ).encode()


def _operations(document: Mapping[str, Any]) -> Iterator[str]:
    tagged: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["other"])[0]
            tagged.setdefault(tag, []).append(_operation(path, method, operation))
    for tag, operations in tagged.items():
        yield f"<h2>{escape(tag)}</h2>"
        yield from operations


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> str:
    summary = (
        f"<b class=m>{method.upper()}</b> <code>{escape(path)}</code> {escape(operation.get('summary', ''))}"
    )
    return (
        f'<details id="{escape(operation["operationId"])}"><summary>{summary}</summary>'
        f"<p>{_text(operation.get('description', ''))}</p>{_parameters(operation)}{_body(operation)}"
        f"{_answers(operation)}</details>"
    )


def _parameters(operation: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(p['name'])}</code><td>{p['in']}{' (required)' if p.get('required') else ''}"
        f"<td>{escape(p.get('description', ''))}"
        for p in operation.get("parameters", ())
    )
    return f"<table><tr><th>parameter<th>in<th>meaning{rows}</table>" if rows else ""


def _body(operation: Mapping[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    return "".join(
        f"<p>Body, <code>{escape(kind)}</code>: {_type(each)}</p>{_example(each)}"
        for kind, each in content.items()
    )


def _example(content: Mapping[str, Any]) -> str:
    return _shown(content["example"]) if "example" in content else ""


def _shown(value: Any) -> str:
    return f"<pre>{escape(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())}</pre>"


def _answers(operation: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{status}</code><td>{escape(answer.get('description', ''))}"
        f"<td>{'; '.join(_type(each) + _example(each) for each in answer.get('content', {}).values())}"
        f"<td>{' '.join(_codes(answer))}"
        for status, answer in operation["responses"].items()
    )
    return f"<table><tr><th>status<th>meaning<th>body<th>codes{rows}</table>"


def _codes(answer: Mapping[str, Any]) -> Iterator[str]:
    content = answer.get("content", {}).get("application/problem+json", {})
    for code, example in content.get("examples", {}).items():
        name = example["$ref"].rpartition("/")[2]
        yield f'<a href="#{escape(name)}"><code>{escape(code)}</code></a>'


def _problems(document: Mapping[str, Any]) -> Iterator[str]:
    for name, example in document.get("components", {}).get("examples", {}).items():
        title = f"<summary><code>{escape(name)}</code> {escape(example['summary'])}</summary>"
        yield f'<details id="{escape(name)}">{title}{_shown(example["value"])}</details>'


def _schemas(document: Mapping[str, Any]) -> Iterator[str]:
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        title = f"<summary><code>{escape(name)}</code></summary>"
        yield f'<details id="{escape(name)}">{title}{_shown(schema)}</details>'


def _type(content: Mapping[str, Any]) -> str:
    schema = content.get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return f'<a href="#{escape(name)}">{escape(name)}</a>' if name else escape(str(schema.get("type", "")))


def _text(text: str) -> str:
    return escape(text).replace("\n\n", "</p><p>")
