"""Who hears whom over Kafka, and every topic there is."""

from procurement.bootstrap.base import Base, utc_now
from procurement.bootstrap.contexts import invoicing, purchasing, receiving
from procurement.invoicing.adapters.inbound import news as invoicing_news
from procurement.invoicing.adapters.outbound import events as invoicing_events
from procurement.platform.kafka.consumer import Subscription
from procurement.platform.kafka.topics import dead_letter_topic
from procurement.purchasing.adapters.inbound import invoice_news as purchasing_invoices
from procurement.purchasing.adapters.inbound import kafka as purchasing_kafka
from procurement.purchasing.adapters.inbound import receipt_news as purchasing_receipts
from procurement.purchasing.adapters.outbound import events as purchasing_events
from procurement.receiving.adapters.inbound import billing_news as receiving_billing
from procurement.receiving.adapters.inbound import kafka as receiving_kafka
from procurement.receiving.adapters.outbound import events as receiving_events
from procurement.supplier.adapters.outbound import events as supplier_events

TOPICS = (
    purchasing_events.TOPIC,
    purchasing_events.POLICY_TOPIC,
    supplier_events.TOPIC,
    receiving_events.TOPIC,
    receiving_events.POLICY_TOPIC,
    invoicing_events.TOPIC,
    invoicing_events.POLICY_TOPIC,
    dead_letter_topic(supplier_events.TOPIC, purchasing_kafka.CONSUMER),
    dead_letter_topic(purchasing_events.TOPIC, receiving_kafka.CONSUMER),
    dead_letter_topic(receiving_events.TOPIC, purchasing_receipts.CONSUMER),
    dead_letter_topic(invoicing_events.TOPIC, purchasing_invoices.CONSUMER),
    dead_letter_topic(invoicing_events.TOPIC, receiving_billing.CONSUMER),
    dead_letter_topic(receiving_events.TOPIC, receiving_billing.CONSUMER),
    dead_letter_topic(purchasing_events.TOPIC, invoicing_news.ORDERS),
    dead_letter_topic(receiving_events.TOPIC, invoicing_news.RECEIPTS),
    dead_letter_topic(invoicing_events.TOPIC, invoicing_news.MATCHING),
)
"""`procurement topics` makes them."""


def subscriptions(base: Base) -> list[Subscription]:
    """What the contexts learn from each other."""
    orders, goods, bills = purchasing(base), receiving(base), invoicing(base, base.database)
    return [
        Subscription(
            purchasing_kafka.CONSUMER,
            (purchasing_kafka.TOPIC,),
            purchasing_kafka.supplier_news(orders, utc_now),
        ),
        Subscription(
            purchasing_receipts.CONSUMER,
            (purchasing_receipts.TOPIC,),
            purchasing_receipts.receipt_news(orders, utc_now),
        ),
        Subscription(
            purchasing_invoices.CONSUMER,
            (purchasing_invoices.TOPIC,),
            purchasing_invoices.invoice_news(orders, utc_now),
        ),
        Subscription.of_views(
            receiving_kafka.CONSUMER, (receiving_kafka.TOPIC,), receiving_kafka.order_news(goods)
        ),
        Subscription(
            receiving_billing.CONSUMER,
            (receiving_billing.INVOICES, receiving_billing.RECEIPTS),
            receiving_billing.closing(goods, utc_now),
        ),
        Subscription.of_views(
            invoicing_news.ORDERS, (invoicing_news.ORDER_TOPIC,), invoicing_news.order_news(bills, utc_now)
        ),
        Subscription.of_views(
            invoicing_news.RECEIPTS,
            (invoicing_news.RECEIPT_TOPIC,),
            invoicing_news.receipt_news(bills, utc_now),
        ),
        Subscription(
            invoicing_news.MATCHING,
            (invoicing_news.INVOICE_TOPIC,),
            invoicing_news.invoice_news(bills, utc_now),
        ),
    ]
