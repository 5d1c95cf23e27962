"""`python -m procurement` is the command `procurement`."""

from procurement.entrypoints.cli import main

main(prog_name="procurement")
