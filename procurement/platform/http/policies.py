"""The two routes of a tenant's policy: read it, and decide it anew."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from litestar import Response, get, put
from litestar.params import JSONBody

from procurement.kernel.act import Act, Answer
from procurement.kernel.actor import Role
from procurement.kernel.ids import TenantId
from procurement.platform.http.commands import Commands, HttpRequest, Said
from procurement.platform.http.decoding import StrictDTO
from procurement.platform.http.responses import COMMAND, answers, problems
from procurement.platform.http.routing import INSIDERS, only
from procurement.platform.http.versions import etag, expected_version


class Policy(Protocol):
    @property
    def version(self) -> int: ...


P = TypeVar("P", bound=Policy)
B = TypeVar("B")


class Decides(Protocol[P]):
    async def policy(self, tenant: TenantId) -> P: ...
    async def decide_policy(self, act: Act, expected_version: int, policy: P) -> Answer: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyWords(Generic[P, B]):
    """How the API speaks of a policy."""

    of: str
    """The context, as in `/receiving-policy`."""
    told: str
    """What the one in force tells."""
    decided: str
    """What deciding does."""
    body: type[B]
    in_force: type
    reads: Callable[[B], P]
    says: Callable[[P], bytes]


def policy_routes(use_cases: Decides[P], commands: Commands, words: PolicyWords[P, B]) -> list[Any]:
    return [_current(use_cases, words), _decide(use_cases, commands, words)]


def _current(use_cases: Decides[P], words: PolicyWords[P, B]) -> Any:
    @get(
        f"/{words.of}-policy",
        opt=INSIDERS,
        tags=["policy"],
        operation_id=f"get{words.of.title()}Policy",
        summary=words.told,
        responses={200: answers(words.in_force), **problems()},
    )
    async def current(request: HttpRequest) -> Response[bytes]:
        policy = await use_cases.policy(request.user.tenant)
        headers = {"etag": etag(policy.version)}
        return Response(words.says(policy), media_type="application/json", headers=headers)

    return current


def _decide(use_cases: Decides[P], commands: Commands, words: PolicyWords[P, B]) -> Any:
    @put(
        f"/{words.of}-policy",
        dto=StrictDTO[words.body],  # type: ignore[name-defined]
        opt=only(Role.TENANT_ADMIN),
        tags=["policy"],
        operation_id=f"decide{words.of.title()}Policy",
        summary=words.decided,
        responses={200: answers(words.in_force), **problems(*COMMAND, 412, 428)},
    )
    async def decide(
        request: HttpRequest,
        data: JSONBody[words.body],  # type: ignore[name-defined]
    ) -> Response[bytes]:
        policy, expected = words.reads(data), expected_version(request)

        def said(policy: P) -> Said:
            return Said(200, words.says(policy), {"etag": etag(policy.version)})

        async def carry_out(act: Act) -> Answer:
            return await use_cases.decide_policy(act, expected, policy)

        return await commands.run(request, said, carry_out)

    return decide
