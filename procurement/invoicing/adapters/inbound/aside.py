"""Work on a large document is done beside the event loop, so that the others are served meanwhile."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from procurement.invoicing.domain.invoice import Invoice

T = TypeVar("T")

MANY_LINES = 250
"""So many are said within a few milliseconds."""


async def aside(large: bool, work: Callable[[], T]) -> T:
    return await asyncio.to_thread(work) if large else work()


async def said(invoice: Invoice, say: Callable[[Invoice], T]) -> T:
    return await aside(len(invoice.document.lines) > MANY_LINES, lambda: say(invoice))
