"""Each context, put together: adapters, the layers around them, use cases, the layers around those."""

from procurement.bootstrap.base import Base, utc_now
from procurement.invoicing.adapters.outbound import events as invoicing_events
from procurement.invoicing.adapters.outbound import postgres as invoicing_postgres
from procurement.invoicing.app import ports as invoicing_ports
from procurement.invoicing.app.service import InvoicingService
from procurement.platform.interceptors.after import Afterwards, Tally
from procurement.platform.interceptors.stack import stacked
from procurement.platform.postgres.database import Database
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.outbound import events as purchasing_events
from procurement.purchasing.adapters.outbound import postgres as purchasing_postgres
from procurement.purchasing.app import ports as purchasing_ports
from procurement.purchasing.app.service import PurchasingService
from procurement.receiving.adapters.outbound import events as receiving_events
from procurement.receiving.adapters.outbound import postgres as receiving_postgres
from procurement.receiving.app import ports as receiving_ports
from procurement.receiving.app.service import ReceivingService
from procurement.supplier.adapters.outbound import events as supplier_events
from procurement.supplier.adapters.outbound import postgres as supplier_postgres
from procurement.supplier.app import ports as supplier_ports
from procurement.supplier.app.service import SupplierService


def _ring(base: Base) -> Afterwards:
    """Wakes the relay after what may have left an event."""
    return Afterwards(base.doorbell.ring, of=frozenset({"save"}))


def suppliers(base: Base) -> supplier_ports.SupplierMaster:
    records = stacked(supplier_ports.Suppliers, *base.layers.around_database, _ring(base))
    encode = supplier_events.EncodeSupplier(uuid7)
    return stacked(supplier_ports.SupplierMaster, *base.layers.around_use_cases)(
        SupplierService(records(supplier_postgres.PostgresSuppliers(base.database, encode)), utc_now, uuid7)
    )


def purchasing(base: Base) -> purchasing_ports.Purchasing:
    ports, stored, around = purchasing_ports, purchasing_postgres, base.layers.around_database
    orders = stacked(ports.PurchaseOrders, *around, _ring(base))
    standings = stacked(ports.SupplierStandings, *around)
    reports = stacked(ports.OrderReports, *around)
    policies = stacked(ports.Policies, *around, _ring(base))
    encode = purchasing_events.EncodePurchaseOrder(uuid7)
    encode_policy = purchasing_events.EncodePurchasingPolicy(uuid7)
    approvals = Tally(base.catalogue.po_approvals_total, {"approve": "approved", "reject": "rejected"})
    return stacked(ports.Purchasing, *base.layers.around_use_cases, approvals)(
        PurchasingService(
            orders(stored.PostgresPurchaseOrders(base.database, encode)),
            standings(stored.PostgresSupplierStandings(base.database)),
            reports(stored.PostgresOrderReports(base.database)),
            policies(stored.PostgresPolicies(base.database, encode_policy)),
            utc_now,
            uuid7,
        )
    )


def receiving(base: Base) -> receiving_ports.Receiving:
    ports, stored, around = receiving_ports, receiving_postgres, base.layers.around_database
    receipts = stacked(ports.GoodsReceipts, *around, _ring(base))
    expectations = stacked(ports.Expectations, *around)
    policies = stacked(ports.Policies, *around, _ring(base))
    known = stored.PostgresExpectations(base.database)
    decided = stored.PostgresPolicies(base.database, receiving_events.EncodeReceivingPolicy(uuid7))
    encode = receiving_events.EncodeGoodsReceipt(uuid7)
    return stacked(ports.Receiving, *base.layers.around_use_cases)(
        ReceivingService(
            receipts(stored.PostgresGoodsReceipts(base.database, encode, known, decided)),
            expectations(known),
            policies(decided),
            uuid7,
        )
    )


def invoicing(base: Base, across_tenants: Database) -> invoicing_ports.Invoicing:
    """`across_tenants` tells whose time is up: nobody but the worker's role may ask that."""
    ports, stored, around = invoicing_ports, invoicing_postgres, base.layers.around_database
    invoices = stacked(ports.Invoices, *around, _ring(base))
    orders = stacked(ports.Orders, *around)
    policies = stacked(ports.Policies, *around, _ring(base))
    deadlines = stacked(ports.Deadlines, *around)
    encode = invoicing_events.EncodeInvoice(uuid7)
    encode_policy = invoicing_events.EncodeInvoicingPolicy(uuid7)
    return stacked(ports.Invoicing, *base.layers.around_use_cases)(
        InvoicingService(
            invoices(stored.PostgresInvoices(base.database, encode)),
            orders(stored.PostgresOrders(base.database)),
            policies(stored.PostgresPolicies(base.database, encode_policy)),
            deadlines(stored.PostgresDeadlines(across_tenants)),
            uuid7,
        )
    )
