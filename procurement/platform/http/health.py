"""Whether this process lives and whether it should be asked, known before anybody probes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

import msgspec
import structlog

from procurement.platform.http.traffic import Traffic

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Check:
    """*probe* returns when the component answers and raises when it does not."""

    name: str
    probe: Callable[[], Awaitable[None]]
    needed: bool = True
    """False: told, but no reason to turn traffic away."""


@dataclass(slots=True)
class _Component:
    check: Check
    failures: int = 0
    answered_at: float = field(default=-1e9)


class Health:
    """Checks run beside the traffic; a probe only reads what they found."""

    EVERY = 0.5
    TIMEOUT = 0.5
    FAILURES = 2
    """One missed answer is a hiccup, two in a row are an outage: seen within two seconds."""
    TOO_OLD = 5.0
    """Seconds after which a finding says nothing any more."""

    def __init__(
        self, traffic: Traffic, checks: Sequence[Check] = (), now: Callable[[], float] = monotonic
    ) -> None:
        self._traffic, self._now = traffic, now
        self._components = [_Component(check) for check in checks]

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.refresh()
            try:
                await asyncio.wait_for(stop.wait(), self.EVERY)
            except TimeoutError:
                continue

    async def refresh(self) -> None:
        await asyncio.gather(*(self._ask(component) for component in self._components))

    async def _ask(self, component: _Component) -> None:
        try:
            async with asyncio.timeout(self.TIMEOUT):
                await component.check.probe()
        except Exception as error:  # noqa: BLE001 - whatever it is, the component did not answer
            component.failures += 1
            if component.failures == self.FAILURES:
                _log.warning("component_down", component=component.check.name, error=type(error).__name__)
        else:
            if component.failures >= self.FAILURES:
                _log.info("component_back", component=component.check.name)
            component.failures = 0
            component.answered_at = self._now()

    def ready(self) -> tuple[int, bytes]:
        """Status and body of /readyz."""
        found = {component.check.name: self._is_well(component) for component in self._components}
        missing = [c for c in self._components if c.check.needed and not found[c.check.name]]
        status = self._status(well=all(found.values()))
        ok = self._traffic.started and not self._traffic.draining and not missing
        components = {name: "ok" if well else "error" for name, well in found.items()}
        return 200 if ok else 503, msgspec.json.encode({"status": status, "components": components})

    def _status(self, *, well: bool) -> str:
        if self._traffic.draining:
            return "draining"
        if not self._traffic.started:
            return "starting"
        return "ok" if well else "degraded"

    def _is_well(self, component: _Component) -> bool:
        fresh = self._now() - component.answered_at <= self.TOO_OLD
        return component.failures < self.FAILURES and fresh


ALIVE = msgspec.json.encode({"status": "ok"})
