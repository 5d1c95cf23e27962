"""Events on paper: a JSON Schema per event, and a golden sample that producer and consumer tests share."""

import json
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import msgspec

from procurement.platform.outbox import Message


def schema_page(public: type[msgspec.Struct]) -> tuple[str, str]:
    """The consumer's contract: members may be added to an event, so that unknown ones are to be ignored."""
    name = f"{public.__name__}.v1.json"
    (made,), parts = msgspec.json.schema_components([public], ref_template="#/$defs/{name}")
    described = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"/procurement/events/{name}",
        **parts.pop(public.__name__),
    }
    assert made == {"$ref": f"#/$defs/{public.__name__}"}
    if parts:
        described["$defs"] = parts
    for described_type in (described, *parts.values()):
        if (
            "description" in described_type
        ):  # a docstring, which Python 3.13 would leave without its indentation
            described_type["description"] = cleandoc(described_type["description"])
    return f"events/{name}", pretty(described)


def sample_page(message: Message) -> tuple[str, str]:
    """Headers and data, as a consumer gets them."""
    headers = dict(message.headers)
    name = headers["ce_type"].split(".", 2)[2]
    sample = {
        "topic": message.topic,
        "key": message.key.decode(),
        "headers": headers,
        "data": json.loads(message.payload),
    }
    return f"events/samples/{name}.json", pretty(sample)


def pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def schema_pages(publics: tuple[type[msgspec.Struct], ...]) -> Iterator[tuple[str, str]]:
    return map(schema_page, publics)
