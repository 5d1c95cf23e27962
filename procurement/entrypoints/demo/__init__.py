"""The demo: a folder of invoices becomes orders, by way of everything there is."""

from procurement.entrypoints.demo.command import demo

__all__ = ["demo"]
