"""The topics that this release publishes to and reads from."""

from procurement.invoicing.adapters.inbound import news as invoicing_news
from procurement.invoicing.adapters.outbound import events as invoicing_events
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
