"""Sample data and what to try with it: suppliers come in through the API like everybody's."""

from collections.abc import Callable
from pathlib import Path

from procurement.entrypoints.people import PEOPLE, TENANT
from procurement.platform.embedded.place import home
from procurement.platform.http.tokens import LocalIssuer


async def seed(api: str, say: Callable[[str], None]) -> None:
    """May run again: what is there already stays as it is."""
    folder = _write_tokens()
    say(f"{len(PEOPLE)} people; their tokens are in {folder}")


def _write_tokens() -> Path:
    issuer = LocalIssuer.in_folder(home() / "issuer")
    folder = home() / "tokens"
    folder.mkdir(mode=0o700, exist_ok=True)
    for one in PEOPLE:
        (folder / one.name).write_text(issuer.token(one.name, one.roles, TENANT, level=one.level))
    return folder


def things_to_try(api: str, management: str) -> str:
    return f"""
[bold]The platform runs.[/bold]  API {api}/v1   docs {api}/docs   metrics {management}/metrics
Stop it with Ctrl-C; what you did is there again the next time.
"""
