"""`procurement api`: the REST API."""

import click

from procurement.bootstrap.api import assemble_api
from procurement.entrypoints.running import SETTINGS, run_until_stopped
from procurement.settings import Settings


@click.command(epilog=SETTINGS)
def api() -> None:
    """Serve the REST API until SIGTERM or Ctrl-C; a second signal stops at once.

    \b
    Example:
      export DATABASE_URL=postgresql://app:secret@db/procurement
      export JWT_ISSUER=https://id.example JWT_AUDIENCE=procurement JWKS_URL=https://id.example/jwks
      procurement api
    """
    run_until_stopped("api", Settings, assemble_api)
