"""Supplier, put together."""

from procurement.bootstrap.base import Base, ring, utc_now
from procurement.platform.interceptors.stack import stacked
from procurement.platform.uuid7 import uuid7
from procurement.supplier.adapters.outbound import events
from procurement.supplier.adapters.outbound import postgres as stored
from procurement.supplier.app import ports
from procurement.supplier.app.service import SupplierService


def suppliers(base: Base) -> ports.SupplierMaster:
    records = stacked(ports.Suppliers, *base.layers.around_database, ring(base))
    encode = events.EncodeSupplier(uuid7)
    return stacked(ports.SupplierMaster, *base.layers.around_use_cases)(
        SupplierService(records(stored.PostgresSuppliers(base.database, encode)), utc_now, uuid7)
    )
