from tests.unit.supplier.office import app, issuer, office

__all__ = ["app", "issuer", "office"]
