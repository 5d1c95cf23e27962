"""Who calls: access tokens (RFC 9068) of the one issuer we trust, read strictly or refused."""

import json
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from time import time
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode
from msgspec import Meta, Struct

from procurement.kernel.actor import Actor, Role
from procurement.kernel.ids import TenantId
from procurement.platform.http.jwks import Keys
from procurement.platform.http.problems import Problem

LEEWAY = 30
REMEMBERED_SECONDS = 60
REMEMBERED_TOKENS = 10_000
LONGEST_TOKEN = 8192

_TOKEN = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_GRANTABLE = {role.value: role for role in Role if role is not Role.SYSTEM}
"""A token cannot make a person the system."""

Name = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
Seconds = Annotated[int, Meta(ge=0, le=253_402_300_799)] | float


@dataclass(frozen=True, slots=True)
class Caller:
    tenant: TenantId
    actor: Actor
    client: str
    """The application that calls for the person; it owns its idempotency keys and its rate limit."""


class _Header(Struct, forbid_unknown_fields=True):
    """Whoever brings his own key (jwk, x5c) or its address (jku, x5u), or extensions (crit), is refused."""

    alg: Literal["RS256", "ES256"]
    kid: Annotated[str, Meta(min_length=1, max_length=128)]
    typ: Literal["at+jwt", "application/at+jwt"]
    x5t: str = ""
    x5t_s256: str = msgspec.field(name="x5t#S256", default="")


class _Acting(Struct):
    sub: Name


class _Claims(Struct):
    iss: str
    sub: Name
    aud: str | list[str]
    exp: Seconds
    iat: Seconds
    jti: Annotated[str, Meta(min_length=1, max_length=256)]
    client_id: Name
    tenant: UUID
    nbf: Seconds = 0
    roles: Annotated[list[str], Meta(max_length=64)] = []
    approval_level: Annotated[int, Meta(ge=0, le=3)] = 0
    act: _Acting | None = None
    on_behalf_of: Name | None = None
    supplier: Name | None = None


_header_of = msgspec.json.Decoder(_Header).decode
_claims_of = msgspec.json.Decoder(_Claims).decode


class Authenticator:
    """Verified tokens are remembered for a minute at most, and no longer than the keys they fit."""

    def __init__(self, keys: Keys, *, issuer: str, audience: str, now: Callable[[], float] = time) -> None:
        self._keys, self._issuer, self._audience, self._now = keys, issuer, audience, now
        self._registry = jws.JWSRegistry(algorithms=["RS256", "ES256"])
        self._known: OrderedDict[bytes, tuple[Caller, float]] = OrderedDict()
        self._generation = -1

    async def caller(self, authorization: bytes | None) -> Caller:
        """Raise Problem 401 with the reason, Unavailable while the issuer's keys cannot be read."""
        self._keys.keep_fresh()
        self._forget_old_keys()
        name = sha256(authorization or b"").digest()
        known = self._known.get(name)
        if known is not None and known[1] > self._now():
            return known[0]
        claims = await self._verified(_bearer(authorization))
        caller = _caller(claims)
        self._remember(name, caller, min(claims.exp + LEEWAY, self._now() + REMEMBERED_SECONDS))
        return caller

    def _forget_old_keys(self) -> None:
        if self._keys.generation != self._generation:
            self._known.clear()
            self._generation = self._keys.generation

    def _remember(self, name: bytes, caller: Caller, until: float) -> None:
        self._forget_old_keys()
        self._known[name] = (caller, until)
        self._known.move_to_end(name)
        if len(self._known) > REMEMBERED_TOKENS:
            self._known.popitem(last=False)

    async def _verified(self, token: bytes) -> _Claims:
        head = _read(_header_of, token.partition(b".")[0], "header")
        key = await self._keys.find(head.kid, head.alg)
        if key is None:
            raise invalid("no key of the issuer has this id and algorithm")
        try:
            signed = jws.deserialize_compact(token, key, registry=self._registry)
        except (JoseError, ValueError):
            raise invalid("the signature does not fit") from None
        claims: _Claims = _decode(_claims_of, signed.payload or b"", "claims")
        self._check(claims)
        return claims

    def _check(self, claims: _Claims) -> None:
        now = self._now()
        if claims.iss != self._issuer:
            raise invalid("another issuer")
        if self._audience not in ([claims.aud] if isinstance(claims.aud, str) else claims.aud):
            raise invalid("for another audience")
        if claims.exp + LEEWAY <= now:
            raise invalid("expired")
        if max(claims.nbf, claims.iat) - LEEWAY > now:
            raise invalid("not valid yet")


def invalid(reason: str) -> Problem:
    challenge = f'Bearer realm="procurement", error="invalid_token", error_description="{reason}"'
    return Problem(
        "token-invalid", f"the access token was refused: {reason}", headers={"www-authenticate": challenge}
    )


def _bearer(authorization: bytes | None) -> bytes:
    scheme, _, token = (authorization or b"").partition(b" ")
    if scheme.lower() != b"bearer":
        raise Problem("token-missing", headers={"www-authenticate": 'Bearer realm="procurement"'})
    if len(token) > LONGEST_TOKEN or not _TOKEN.fullmatch(token):
        raise invalid("not a signed token in compact form")
    return token


def _read(decode: Callable[[bytes], Any], segment: bytes, what: str) -> Any:
    try:
        raw = urlsafe_b64decode(segment)
    except ValueError:
        raise invalid(f"the {what} cannot be read") from None
    return _decode(decode, raw, what)


def _decode(decode: Callable[[bytes], Any], raw: bytes, what: str) -> Any:
    try:
        json.loads(raw, object_pairs_hook=_once_each)
        return decode(raw)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise invalid(f"the {what} are not those of an access token") from None


def _once_each(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("a member is named twice")
    return found


def _caller(claims: _Claims) -> Caller:
    """Delegation comes as RFC 8693 has it (sub is represented by act.sub), or as a plain claim."""
    if claims.act is not None and claims.on_behalf_of is not None:
        raise invalid("two kinds of delegation at once")
    person, behalf = claims.sub, claims.on_behalf_of
    if claims.act is not None:
        person, behalf = claims.act.sub, claims.sub
    actor = Actor(
        person=person,
        roles=frozenset(_GRANTABLE[role] for role in claims.roles if role in _GRANTABLE),
        approval_level=claims.approval_level,
        on_behalf_of=behalf,
        supplier=claims.supplier,
    )
    return Caller(TenantId(claims.tenant), actor, claims.client_id)
