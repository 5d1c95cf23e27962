"""Who hears whom."""

from collections.abc import Iterator

from procurement.bootstrap.base import Base, utc_now
from procurement.bootstrap.contexts.invoicing import invoicing
from procurement.bootstrap.contexts.purchasing import purchasing
from procurement.bootstrap.contexts.receiving import receiving
from procurement.invoicing.adapters.inbound import news as invoicing_news
from procurement.platform.kafka.consumer import Subscription
from procurement.purchasing.adapters.inbound import invoice_news as purchasing_invoices
from procurement.purchasing.adapters.inbound import kafka as purchasing_kafka
from procurement.purchasing.adapters.inbound import receipt_news as purchasing_receipts
from procurement.receiving.adapters.inbound import billing_news as receiving_billing
from procurement.receiving.adapters.inbound import kafka as receiving_kafka


def subscriptions(base: Base) -> list[Subscription]:
    """What the contexts learn from each other."""
    return [*_of_purchasing(base), *_of_receiving(base), *_of_invoicing(base)]


def _of_purchasing(base: Base) -> Iterator[Subscription]:
    orders, suppliers, receipts = purchasing(base, base.database), purchasing_kafka, purchasing_receipts
    invoices = purchasing_invoices
    yield Subscription(suppliers.CONSUMER, (suppliers.TOPIC,), suppliers.supplier_news(orders, utc_now))
    yield Subscription(receipts.CONSUMER, (receipts.TOPIC,), receipts.receipt_news(orders, utc_now))
    yield Subscription(invoices.CONSUMER, (invoices.TOPIC,), invoices.invoice_news(orders, utc_now))


def _of_receiving(base: Base) -> Iterator[Subscription]:
    goods, expectations, closing = receiving(base), receiving_kafka, receiving_billing
    learn, close = expectations.order_news(goods), closing.closing(goods, utc_now)
    yield Subscription.of_views(expectations.CONSUMER, (expectations.TOPIC,), learn)
    yield Subscription(closing.CONSUMER, (closing.INVOICES, closing.RECEIPTS), close)


def _of_invoicing(base: Base) -> Iterator[Subscription]:
    bills, news = invoicing(base, base.database), invoicing_news
    yield Subscription.of_views(news.ORDERS, (news.ORDER_TOPIC,), news.order_news(bills, utc_now))
    yield Subscription.of_views(news.RECEIPTS, (news.RECEIPT_TOPIC,), news.receipt_news(bills, utc_now))
    yield Subscription(news.MATCHING, (news.INVOICE_TOPIC,), news.invoice_news(bills, utc_now))
