"""Who calls is believed only from an access token of our issuer, whatever else it looks like."""

import hmac
import json
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from time import time
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from joserfc import jwe, jws
from joserfc.jwk import ECKey, RSAKey

from procurement.kernel.actor import Role
from procurement.kernel.errors import Unavailable
from procurement.platform.http.auth import Authenticator
from procurement.platform.http.jwks import FileKeys
from procurement.platform.http.problems import Problem
from procurement.platform.http.tokens import LOCAL_AUDIENCE, LOCAL_ISSUER
from tests.unit.platform.http.test_problems import the_problem
from tests.unit.platform.http.toy import TENANT, Stand

pytestmark = pytest.mark.anyio

NOW = 1_800_000_000.0
EC = ECKey.generate_key("P-256", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
with warnings.catch_warnings(action="ignore"):
    WEAK = RSAKey.generate_key(1024, {"kid": "weak"})
FOREIGN = ECKey.generate_key("P-256", {"kid": "ec"})
ENCRYPTING = ECKey.generate_key("P-256", {"kid": "enc"})
CLAIMS: Mapping[str, Any] = {
    "iss": LOCAL_ISSUER,
    "aud": LOCAL_AUDIENCE,
    "sub": "berta",
    "client_id": "web",
    "tenant": str(TENANT),
    "roles": ["buyer"],
    "iat": int(NOW) - 10,
    "exp": int(NOW) + 600,
    "jti": "1",
}
HEADER: Mapping[str, Any] = {"alg": "ES256", "kid": "ec", "typ": "at+jwt"}


@pytest.fixture(scope="module")
def authenticator(tmp_path_factory: pytest.TempPathFactory) -> Authenticator:
    path = tmp_path_factory.mktemp("jwks") / "jwks.json"
    keys = [key.as_dict(private=False) for key in (EC, RSA, WEAK)]
    keys.append({**ENCRYPTING.as_dict(private=False), "use": "enc"})
    keys.append({"kty": "oct", "kid": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"})
    keys.append({"kty": "EC", "crv": "P-256", "kid": "broken", "x": "AA", "y": "AA"})
    path.write_text(json.dumps({"keys": keys}))
    return Authenticator(FileKeys(path), issuer=LOCAL_ISSUER, audience=LOCAL_AUDIENCE, now=lambda: NOW)


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(
    header: Mapping[str, Any] | None = None, key: Any = EC, payload: bytes | None = None, **claims: Any
) -> str:
    told = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not ...}
    registry = jws.JWSRegistry(algorithms=list(jws.JWSRegistry.algorithms), strict_check_header=False)
    head = {name: value for name, value in {**HEADER, **(header or {})}.items() if value is not ...}
    return jws.serialize_compact(head, payload or json.dumps(told).encode(), key, registry=registry)


def forged(header: Mapping[str, Any] | bytes, signature: str = "AAAA", claims: Any = CLAIMS) -> str:
    head = header if isinstance(header, bytes) else json.dumps({**HEADER, **header}).encode()
    return f"{b64(head)}.{b64(json.dumps(claims).encode())}.{signature}"


def by_hmac(secret: bytes, kid: str) -> str:
    """Made by hand: the library refuses to help here."""
    unsigned = forged({"alg": "HS256", "kid": kid}).rpartition(".")[0]
    return f"{unsigned}.{b64(hmac.digest(secret, unsigned.encode(), 'sha256'))}"


def by_hmac_with_public(encoding: serialization.Encoding, form: serialization.PublicFormat) -> str:
    return by_hmac(RSA.public_key.public_bytes(encoding, form), "rsa")


def with_algorithm(alg: str) -> Callable[[], str]:
    return lambda: forged({"alg": alg}, signature="AA")


def without(claim: str) -> Callable[[], str]:
    absent: dict[str, Any] = {claim: ...}
    return lambda: signed(**absent)


def encrypted() -> str:
    registry = jwe.JWERegistry(algorithms=["ECDH-ES", "A128GCM"])
    header = {"alg": "ECDH-ES", "enc": "A128GCM", "kid": "ec", "typ": "at+jwt"}
    return jwe.encrypt_compact(header, json.dumps(CLAIMS).encode(), EC, registry=registry)


PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
SPKI, PKCS1 = serialization.PublicFormat.SubjectPublicKeyInfo, serialization.PublicFormat.PKCS1

HOSTILE: Mapping[str, Callable[[], str]] = {
    **{f"alg {alg!r}": with_algorithm(alg) for alg in ("none", "None", "NONE", "nOnE", "", " none", "none ")},
    "alg null": lambda: forged(b'{"alg":null,"kid":"ec","typ":"at+jwt"}'),
    "no alg": lambda: forged(b'{"kid":"ec","typ":"at+jwt"}'),
    "alg none, unsigned": lambda: forged({"alg": "none"}, signature=""),
    "unsigned": lambda: forged({}, signature=""),
    "no second dot": lambda: signed().rpartition(".")[0],
    "four parts": lambda: signed() + ".AAAA",
    "hmac with the public key, PEM": lambda: by_hmac_with_public(PEM, SPKI),
    "hmac with the public key, PKCS1": lambda: by_hmac_with_public(PEM, PKCS1),
    "hmac with the public key, DER": lambda: by_hmac_with_public(DER, SPKI),
    "hmac with the public JWK": lambda: by_hmac(json.dumps(EC.as_dict(private=False)).encode(), "ec"),
    "hmac with the key of the set": lambda: by_hmac(b"secret-secret-secret-secret", "oct"),
    "ES256 in the name of the RSA key": lambda: signed({"kid": "rsa"}),
    "RS256 in the name of the EC key": lambda: signed({"alg": "RS256"}, RSA),
    "PS256": lambda: signed({"alg": "PS256", "kid": "rsa"}, RSA),
    "RS512": lambda: signed({"alg": "RS512", "kid": "rsa"}, RSA),
    "a 1024-bit key": lambda: signed({"alg": "RS256", "kid": "weak"}, WEAK),
    "an encryption key": lambda: signed({"kid": "enc"}, ENCRYPTING),
    "a broken key": lambda: signed({"kid": "broken"}),
    "a foreign key by our key's name": lambda: signed(key=FOREIGN),
    "no kid": lambda: signed({"kid": ...}),
    "an unknown kid": lambda: signed({"kid": "other"}),
    "kid is a path": lambda: forged({"kid": "../../../../dev/null"}),
    "kid is SQL": lambda: forged({"kid": "' OR 1=1 --"}),
    "kid is huge": lambda: forged({"kid": "k" * 4000}),
    "kid is a number": lambda: forged({"kid": 1}),
    "brings its own jwk": lambda: signed({"jwk": FOREIGN.as_dict(private=False)}, FOREIGN),
    "brings a jku": lambda: signed({"jku": "https://evil.test/jwks"}),
    "brings an x5u": lambda: signed({"x5u": "https://evil.test/cert"}),
    "brings an x5c": lambda: signed({"x5c": ["AAAA"]}),
    "an unknown crit": lambda: forged({"crit": ["exp"], "exp": 1}),
    "an empty crit": lambda: forged({"crit": []}),
    "b64 is false": lambda: forged({"b64": False, "crit": ["b64"]}),
    "zip": lambda: forged({"zip": "DEF"}),
    "a nested token": lambda: signed({"cty": "JWT"}),
    "no typ": lambda: signed({"typ": ...}),
    "an ID token": lambda: signed({"typ": "JWT"}),
    "a logout token": lambda: signed({"typ": "logout+jwt"}),
    **{f"no {c}": without(c) for c in ("iss", "sub", "aud", "exp", "iat", "jti", "client_id", "tenant")},
    "another issuer": lambda: signed(iss="https://evil.test"),
    "the issuer with a slash": lambda: signed(iss=LOCAL_ISSUER + "/"),
    "another audience": lambda: signed(aud="payroll"),
    "an audience list without us": lambda: signed(aud=["payroll", "procurement-test"]),
    "an empty audience list": lambda: signed(aud=[]),
    "expired": lambda: signed(exp=int(NOW) - 31),
    "expired exactly": lambda: signed(exp=int(NOW) - 30),
    "not valid yet": lambda: signed(nbf=int(NOW) + 31),
    "issued in the future": lambda: signed(iat=int(NOW) + 31),
    "exp is text": lambda: signed(exp=str(int(NOW) + 600)),
    "exp is NaN": lambda: signed(payload=json.dumps({**CLAIMS, "exp": float("nan")}).encode()),
    "exp is true": lambda: signed(exp=True),
    "tenant is no UUID": lambda: signed(tenant="acme"),
    "tenants": lambda: signed(tenant=[str(TENANT)]),
    "an empty subject": lambda: signed(sub=""),
    "a subject with NUL": lambda: signed(sub="ber\0ta"),
    "a huge subject": lambda: signed(sub="b" * 129),
    "roles is text": lambda: signed(roles="buyer"),
    "approval level 4": lambda: signed(approval_level=4),
    "two kinds of delegation": lambda: signed(act={"sub": "a"}, on_behalf_of="b"),
    "a zero ES256 signature": lambda: forged({}, signature=b64(bytes(64))),
    "a DER signature": lambda: forged({}, signature=b64(b"\x30\x06\x02\x01\x01\x02\x01\x01")),
    "a claim named twice": lambda: signed(payload=json.dumps(CLAIMS).encode()[:-1] + b',"sub":"root"}'),
    "a header named twice": lambda: forged(b'{"alg":"ES256","kid":"ec","typ":"at+jwt","kid":"rsa"}'),
    "claims are a list": lambda: signed(payload=b"[]"),
    "claims are no JSON": lambda: signed(payload=b"\xff\xfe"),
    "claims are deep": lambda: signed(payload=b'{"a":' * 2000 + b"1" + b"}" * 2000),
    "encrypted": encrypted,
    "64 KiB": lambda: signed(sub="b" * 65536),
    "spaces": lambda: " ".join(signed().split(".")),
    "padded": lambda: signed().replace(".", "=.", 1),
    "not base64url": lambda: signed().replace(".", "+/.", 1),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_token_is_401(authenticator: Authenticator, name: str) -> None:
    with pytest.raises(Problem) as refused:
        await authenticator.caller(b"Bearer " + HOSTILE[name]().encode())
    assert refused.value.kind.status == 401
    assert refused.value.headers["www-authenticate"].startswith('Bearer realm="procurement", error="invalid_')


@pytest.mark.parametrize(
    "authorization", [None, b"", b"Bearer", b"Basic YTpi", b"bearer", b"Token abc", b"Bearer\tx"]
)
async def test_without_a_bearer_token_it_is_401_with_a_challenge(
    authenticator: Authenticator, authorization: bytes | None
) -> None:
    with pytest.raises(Problem) as refused:
        await authenticator.caller(authorization)
    assert refused.value.kind.status == 401
    assert refused.value.headers["www-authenticate"].startswith('Bearer realm="procurement"')


@pytest.mark.parametrize(
    "token",
    [
        signed,
        lambda: signed({"alg": "RS256", "kid": "rsa"}, RSA),
        lambda: signed({"typ": "application/at+jwt"}),
        lambda: signed(aud=["payroll", LOCAL_AUDIENCE]),
        lambda: signed(exp=int(NOW) - 29),
        lambda: signed(nbf=int(NOW) + 30),
        lambda: signed(iat=int(NOW) + 30),
        lambda: signed(exp=NOW + 0.5),
        lambda: signed(unknown="claims are ignored"),
    ],
)
async def test_a_good_token_is_believed(authenticator: Authenticator, token: Callable[[], str]) -> None:
    caller = await authenticator.caller(b"bEaReR " + token().encode())
    assert (caller.tenant, caller.actor.person, caller.client) == (TENANT, "berta", "web")


async def test_roles_we_do_not_know_and_the_system_are_not_granted(authenticator: Authenticator) -> None:
    caller = await authenticator.caller(
        b"Bearer " + signed(roles=["buyer", "system", "cook"], approval_level=2, supplier="sup_1").encode()
    )
    assert caller.actor.roles == {Role.BUYER}
    assert (caller.actor.approval_level, caller.actor.supplier) == (2, "sup_1")


async def test_a_delegate_answers_for_two_persons(authenticator: Authenticator) -> None:
    by_exchange = await authenticator.caller(b"Bearer " + signed(act={"sub": "dora"}).encode())
    by_claim = await authenticator.caller(b"Bearer " + signed(sub="dora", on_behalf_of="berta").encode())
    for caller in (by_exchange, by_claim):
        assert (caller.actor.person, caller.actor.on_behalf_of) == ("dora", "berta")


async def test_a_remembered_token_ends_with_its_keys_and_its_life(tmp_path: Path) -> None:
    path, clock = tmp_path / "jwks.json", [NOW]
    path.write_text(json.dumps({"keys": [EC.as_dict(private=False)]}))
    keys = FileKeys(path, now=lambda: clock[0])
    authenticator = Authenticator(keys, issuer=LOCAL_ISSUER, audience=LOCAL_AUDIENCE, now=lambda: clock[0])
    token = b"Bearer " + signed(exp=int(NOW) + 20).encode()
    assert await authenticator.caller(token) is await authenticator.caller(token)
    path.write_text(json.dumps({"keys": [RSA.as_dict(private=False)]}))
    clock[0] += 1
    with pytest.raises(Problem, match="no key"):
        await authenticator.caller(token)
    path.write_text(json.dumps({"keys": [EC.as_dict(private=False)]}))
    clock[0] += 1
    await authenticator.caller(token)
    clock[0] = NOW + 50
    with pytest.raises(Problem, match="expired"):
        await authenticator.caller(token)


async def test_while_no_keys_were_ever_read_nobody_is_called_a_liar(tmp_path: Path) -> None:
    authenticator = Authenticator(FileKeys(tmp_path / "none"), issuer=LOCAL_ISSUER, audience=LOCAL_AUDIENCE)
    with pytest.raises(Unavailable):
        await authenticator.caller(b"Bearer " + signed().encode())


async def test_a_stranger_is_401_a_wrong_role_403_and_the_open_routes_are_open(toys: Stand) -> None:
    async with toys.client("warehouse") as client:
        body = {"json": {"name": "x"}, "headers": {"idempotency-key": "k"}}
        told = the_problem(await client.post("/v1/toys", **body), 403, "role-missing")  # type: ignore[arg-type]
        assert told.detail == "this takes one of the roles buyer"
        del client.headers["authorization"]
        stranger = await client.get("/v1/toys/drum")
        the_problem(stranger, 401, "token-missing")
        assert stranger.headers["www-authenticate"] == 'Bearer realm="procurement"'
        for path in ("/healthz", "/version", "/openapi.json", "/docs"):
            assert (await client.get(path)).status_code == 200


async def test_the_local_issuer_is_believed_and_keeps_its_key_to_itself(toys: Stand) -> None:
    token = toys.token("approver", level=2, client=f"cli-{uuid4()}")
    keys = FileKeys(toys.issuer.jwks)
    authenticator = Authenticator(keys, issuer=LOCAL_ISSUER, audience=LOCAL_AUDIENCE, now=time)
    caller = await authenticator.caller(b"Bearer " + token.encode())
    assert (caller.actor.roles, caller.actor.approval_level) == (frozenset({Role.APPROVER}), 2)
    assert '"d"' not in toys.issuer.jwks.read_text()
    assert (toys.issuer.jwks.parent / "issuer-key.json").stat().st_mode & 0o777 == 0o600
