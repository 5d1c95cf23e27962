"""`procurement version`."""

from importlib.metadata import version as version_of

import click


@click.command()
def version() -> None:
    """Print the version of this release and of the Python it runs on."""
    import platform  # noqa: PLC0415

    click.echo(f"procurement {version_of('procurement')} on Python {platform.python_version()}")
