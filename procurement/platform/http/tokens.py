"""A token issuer for one's own machine: a key pair and its JWKS in a folder. Never for production."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any
from uuid import UUID, uuid4

import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey

LOCAL_ISSUER = "https://issuer.localhost"
LOCAL_AUDIENCE = "procurement"
LOCAL_CLIENT = "local"


@dataclass(frozen=True, slots=True)
class LocalIssuer:
    key: ECKey
    jwks: Path
    issuer: str = LOCAL_ISSUER
    audience: str = LOCAL_AUDIENCE

    @classmethod
    def in_folder(
        cls, folder: Path, *, issuer: str = LOCAL_ISSUER, audience: str = LOCAL_AUDIENCE
    ) -> "LocalIssuer":
        """Opens the folder's issuer, or makes one: `issuer-key.json` (secret) and `jwks.json` (public)."""
        folder.mkdir(parents=True, exist_ok=True)
        private, public = folder / "issuer-key.json", folder / "jwks.json"
        if not private.exists():
            _publish(private, public)
        key = ECKey.import_key(msgspec.json.decode(private.read_bytes()))
        return cls(key, public, issuer, audience)

    @property
    def jwks_url(self) -> str:
        return f"file:{self.jwks.resolve()}"

    def token(  # noqa: PLR0913 - the claims of a token are many
        self,
        person: str,
        roles: Sequence[str],
        tenant: UUID,
        *,
        level: int = 0,
        supplier: str | None = None,
        on_behalf_of: str | None = None,
        client: str = LOCAL_CLIENT,
        seconds: int = 12 * 3600,
    ) -> str:
        now = int(time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": person,
            "client_id": client,
            "tenant": str(tenant),
            "roles": list(roles),
            "approval_level": level,
            "iat": now,
            "exp": now + seconds,
            "jti": uuid4().hex,
        }
        claims |= {
            name: value
            for name, value in (("supplier", supplier), ("on_behalf_of", on_behalf_of))
            if value is not None
        }
        header = {"alg": "ES256", "kid": self.key.kid, "typ": "at+jwt"}
        return jwt.encode(header, claims, self.key, algorithms=["ES256"])


def _publish(private: Path, public: Path) -> None:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    _write(private, msgspec.json.encode(key.as_dict(private=True)), mode=0o600)
    _write(public, msgspec.json.encode({"keys": [key.as_dict(private=False)]}), mode=0o644)


def _write(path: Path, content: bytes, *, mode: int) -> None:
    """Whole or not at all, and never readable for others meanwhile."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    fresh.replace(path)
