"""What the memory adapters of every context with a policy have alike."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from procurement.kernel.act import Act, Answer, Answered, CommandReused
from procurement.kernel.errors import Stale
from procurement.kernel.ids import TenantId
from procurement.platform.outbox import Fact


class Policy(Protocol):
    @property
    def version(self) -> int: ...


P = TypeVar("P", bound=Policy)


@dataclass
class Deciding(Generic[P]):
    """The tables of one context: what is written together is written here in one go, between two awaits."""

    policies: dict[TenantId, P] = field(default_factory=dict)
    commands: dict[tuple[TenantId, str, str], tuple[bytes, Answer]] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)

    def seen(self, act: Act) -> None:
        known = self.commands.get((act.tenant, act.command.scope, act.command.key))
        if known is None:
            return
        if known[0] != act.fingerprint:
            raise CommandReused("this key named another command before; choose a new one")
        raise Answered(known[1])

    def record(self, act: Act, answer: Answer, fact: Fact) -> None:
        self.commands[act.tenant, act.command.scope, act.command.key] = (act.fingerprint, answer)
        self.facts.append(fact)


class TenantPolicies(Generic[P]):
    def __init__(self, store: Deciding[P], default: P, encode: Callable[[P, Act], Fact]) -> None:
        self._store, self._default, self._encode = store, default, encode

    async def current(self, tenant: TenantId) -> P:
        return self._store.policies.get(tenant, self._default)

    async def for_change(self, act: Act) -> P:
        self._store.seen(act)
        return await self.current(act.tenant)

    async def save(self, policy: P, act: Act) -> Answer:
        if (await self.current(act.tenant)).version != policy.version - 1:
            raise Stale("changed meanwhile")
        answer = act.answer(policy)
        self._store.policies[act.tenant] = policy
        self._store.record(act, answer, self._encode(policy, act))
        return answer
