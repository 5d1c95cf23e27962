"""`procurement token`: an access token of this machine's own issuer."""

from uuid import UUID

import click

from procurement.entrypoints.people import PEOPLE, TENANT, person
from procurement.kernel.actor import Role
from procurement.platform.embedded.place import home
from procurement.platform.http.tokens import LocalIssuer


@click.command(
    epilog="\b\nPeople of the sample data (they need no --role):\n"
    + "\n".join(f"  {one.name:8} {', '.join(one.roles):18} {one.does}" for one in PEOPLE)
)
@click.option("--user", required=True, help="Who: the token's subject.")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice([*Role]), help="May be given several times."
)
@click.option("--level", type=click.IntRange(0, 3), help="Approval level of an approver, 1 to 3.")
@click.option("--tenant", type=click.UUID, default=str(TENANT), show_default=True, help="For whom.")
@click.option("--supplier", help="For role supplier: the supplier spoken for (sup_…).")
@click.option("--on-behalf-of", help="The person who delegated.")
@click.option("--hours", default=12.0, show_default=True, help="How long it is good for.")
def token(  # noqa: PLR0913, PLR0917 - a command has many options
    user: str,
    roles: tuple[Role, ...],
    level: int | None,
    tenant: UUID,
    supplier: str | None,
    on_behalf_of: str | None,
    hours: float,
) -> None:
    """Issue an access token that an API started on this machine by `procurement dev` believes.

    Never for production: there, tokens come from your identity provider (JWT_ISSUER, JWKS_URL).

    \b
    Examples:
      procurement token --user bea
      procurement token --user zoe --role approver --level 2
      curl -H "Authorization: Bearer $(procurement token --user bea)" http://127.0.0.1:8080/v1/…

    Exit codes: 0 the token is on standard output, 2 the command line is wrong.
    """
    known = person(user)
    if known is None and not roles:
        raise click.UsageError(f"{user} is nobody of the sample data: say what he may do with --role")
    click.echo(
        LocalIssuer.in_folder(home() / "issuer").token(
            user,
            roles or (known.roles if known else ()),
            tenant,
            level=level if level is not None else (known.level if known else 0),
            supplier=supplier,
            on_behalf_of=on_behalf_of,
            seconds=int(hours * 3600),
        )
    )
