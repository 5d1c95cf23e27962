"""Purchasing, put together."""

from procurement.bootstrap.base import Base, ring, utc_now
from procurement.platform.interceptors.after import Tally
from procurement.platform.interceptors.stack import stacked
from procurement.platform.postgres.database import Database
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.outbound import events
from procurement.purchasing.adapters.outbound import postgres as stored
from procurement.purchasing.app import ports
from procurement.purchasing.app.service import PurchasingService


def purchasing(base: Base, across_tenants: Database) -> ports.Purchasing:
    """`across_tenants` tells what waits too long: nobody but the worker's role may ask that."""
    around = base.layers.around_database
    orders = stacked(ports.PurchaseOrders, *around, ring(base))
    standings = stacked(ports.SupplierStandings, *around)
    reports = stacked(ports.OrderReports, *around)
    policies = stacked(ports.Policies, *around, ring(base))
    deadlines = stacked(ports.Deadlines, *around)
    encode = events.EncodePurchaseOrder(uuid7)
    encode_policy = events.EncodePurchasingPolicy(uuid7)
    approvals = Tally(base.catalogue.po_approvals_total, {"approve": "approved", "reject": "rejected"})
    return stacked(ports.Purchasing, approvals, *base.layers.around_use_cases)(
        PurchasingService(
            orders(stored.PostgresPurchaseOrders(base.database, encode)),
            standings(stored.PostgresSupplierStandings(base.database)),
            reports(stored.PostgresOrderReports(base.database)),
            policies(stored.PostgresPolicies(base.database, encode_policy)),
            deadlines(stored.PostgresDeadlines(across_tenants)),
            utc_now,
            uuid7,
        )
    )
