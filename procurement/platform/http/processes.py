"""What runs until it is told to stop: the API with its two ports, and processes without a public face."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from procurement.platform.http.health import Health
from procurement.platform.http.server import Site, Stopping, manage, serve
from procurement.platform.http.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Api:
    public: Site
    management: Site
    traffic: Traffic
    health: Health
    stopping: Stopping

    async def run(self, stop: asyncio.Event) -> None:
        await self.health.refresh()
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self.health.run(stop))
            await serve(self.public, self.management, self.traffic, stop, self.stopping)
            watching.cancel()


Task: TypeAlias = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""Works until the event is set, then finishes what was begun."""


@dataclass(frozen=True, slots=True)
class Background:
    """A process without a public face: its tasks, and the management port."""

    management: Site
    traffic: Traffic
    health: Health
    tasks: Sequence[Task]

    async def run(self, stop: asyncio.Event) -> None:
        """Until it is told to stop, or a task fails."""
        await self.health.refresh()
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self.health.run(stop))
            managing = group.create_task(manage(self.management, self.traffic, stop))
            working = [group.create_task(task(stop)) for task in self.tasks]
            await asyncio.wait(working)
            stop.set()
            watching.cancel()
            await managing
