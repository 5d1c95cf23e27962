"""How commands end when they cannot do their work: one line for the person, one code for the script."""

from typing import NoReturn

import click

UNREACHABLE = 69  # sysexits.h: EX_UNAVAILABLE


def leave(message: str, code: int = 1) -> NoReturn:
    click.echo(f"procurement: {message}", err=True)
    raise SystemExit(code)
