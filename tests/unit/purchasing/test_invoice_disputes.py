"""A disputed invoice stops its order, and the last one that is settled lets it go on; what a person stopped,
a person resumes."""

import pytest

from procurement.kernel.act import Answered
from procurement.kernel.errors import RuleBroken
from procurement.kernel.ids import GoodsReceiptId, OrderId
from procurement.platform.cloudevents import incoming
from procurement.platform.uuid7 import uuid7
from procurement.purchasing.adapters.inbound.invoice_news import news_of
from tests.arrived import headers_of
from tests.contracts.order_reports import came
from tests.unit.invoices import Invoice, a_credit_note
from tests.unit.purchasing.builders import BUYER, SUPPLIER, SYSTEM, TENANT, a_standing, an_act
from tests.unit.purchasing.office import CURRENT, Office

pytestmark = pytest.mark.anyio

SETTLED = ["InvoiceMatched", "InvoiceRejected", "InvoiceCancelled"]


@pytest.mark.parametrize("end", SETTLED)
@pytest.mark.parametrize("state", ["Issued", "Acknowledged"])
async def test_a_disputed_invoice_disputes_the_order_until_it_is_settled(state: str, end: str) -> None:
    office, invoice = await Office("10").issues(), Invoice()
    if state == "Acknowledged":
        await office.purchasing.acknowledge(an_act(BUYER), CURRENT, [])
    assert await office.told(invoice.says("InvoiceRegistered"), invoice.disputed()) == "Disputed"
    dispute = (await office.order()).dispute
    assert dispute is not None
    assert (dispute.invoice, dispute.before) == (invoice.id, state)
    assert dispute.reason == (
        f"invoice RE-4711 (inv_{invoice.id}) is disputed: 12 of line 1 are invoiced, 10 came"
    )
    assert await office.told(invoice.says("InvoiceResubmitted")) == "Disputed", "it is not settled by that"
    assert await office.told(invoice.says(end)) == state
    assert (await office.order()).dispute is None
    assert office.store.facts[-1].reason == f"invoice RE-4711 (inv_{invoice.id}) is {invoice.status}"


async def test_the_last_settled_invoice_resumes_the_order() -> None:
    office, one, two = await Office("10").issues(), Invoice(), a_credit_note()
    assert await office.told(one.disputed(), two.disputed()) == "Disputed"
    assert office.said().count("Disputed") == 1, "a disputed order is not disputed twice"
    assert await office.told(one.matched()) == "Disputed"
    assert await office.told(two.says("InvoiceCancelled")) == "Issued"
    assert office.said().count("DisputeResolved") == 1


async def test_what_a_person_disputed_only_a_person_resumes() -> None:
    office, invoice = await Office("10").issues(), Invoice()
    await office.purchasing.dispute(an_act(BUYER), CURRENT, "wrong goods")
    assert await office.told(invoice.disputed(), invoice.matched()) == "Disputed"
    await office.purchasing.resolve(an_act(BUYER), CURRENT, "settled", cancel=False)
    assert (await office.order()).status == "Issued"


async def test_what_a_person_resumed_goes_on_though_the_invoice_is_still_disputed() -> None:
    office, invoice = await Office("10").issues(), Invoice()
    disputed = invoice.disputed()
    await office.told(disputed)
    await office.purchasing.resolve(an_act(BUYER), CURRENT, "goods may come meanwhile", cancel=False)
    assert await office.told(invoice.says("InvoiceExceptionAssigned")) == "Issued"
    assert await office.told(disputed) == "Issued", "the very same news, once more"
    assert await office.told(invoice.says("InvoiceResubmitted"), invoice.disputed("still 12")) == "Disputed"


async def test_news_of_a_dispute_that_is_settled_by_now_disputes_nothing() -> None:
    office, invoice = await Office("10").issues(), Invoice()
    disputed, matched = invoice.disputed(), invoice.matched(l1="10")
    assert await office.told(matched, disputed) == "Issued"
    assert "Disputed" not in office.said()


async def test_an_order_that_was_not_issued_is_not_disputed_by_an_invoice() -> None:
    office, invoice = Office("10"), Invoice()
    await office.drafts()
    await office.approves()
    assert await office.told(invoice.disputed()) == "Approved"


async def test_an_order_of_a_blacklisted_supplier_does_not_resume_by_itself() -> None:
    office, invoice = await Office("10").issues(), Invoice()
    await office.told(invoice.disputed())
    office.store.suppliers[TENANT, SUPPLIER] = a_standing("Blacklisted", version=2)
    assert await office.told(invoice.matched(l1="10")) == "Disputed"


async def test_progress_survives_a_dispute_and_ends_it_in_closing_where_nothing_is_waited_for() -> None:
    """The sources threw progress away when a dispute was resolved, and an order would have been received
    again."""
    office, invoice = await Office("10").issues(), Invoice()
    await office.purchasing.note_receipt(an_act(SYSTEM), came(GoodsReceiptId(uuid7()), 2, "10", l1="6"))
    await office.purchasing.close_short(an_act(BUYER), CURRENT, "enough", None)
    assert await office.told(invoice.disputed("the price is 3 % too high", l1="6")) == "Disputed"
    assert (await office.order()).progress().receipt_status == "full"
    assert await office.told(invoice.matched()) == "Closed"
    assert office.said()[-3:] == ["Disputed", "BillingProgressed", "DisputeResolved"]


async def test_a_repeated_settlement_does_nothing() -> None:
    office, invoice = await Office("10").issues(), Invoice()
    disputed, settled = invoice.disputed(), invoice.says("InvoiceRejected")
    await office.told(disputed, settled)
    with pytest.raises(Answered):
        await office.told(settled)
    assert office.said()[-2:] == ["Disputed", "DisputeResolved"]


async def test_an_order_disputed_by_its_invoice_is_not_cancelled_while_that_counts() -> None:
    office, invoice = await Office("10").issues(), Invoice()
    await office.told(invoice.disputed(l1="10"))
    with pytest.raises(RuleBroken) as refused:
        await office.purchasing.resolve(an_act(BUYER), CURRENT, "given up", cancel=True)
    assert [b.code for b in refused.value.blockers] == ["order-billed"]


async def test_an_order_goes_on_when_its_invoice_is_meant_for_another_one() -> None:
    """A clerk says so when he resubmits it."""
    office, invoice, other = await Office("10").issues(), Invoice(), OrderId(uuid7())
    await office.told(invoice.disputed("line 1 was not ordered"))
    await office.issues(other)
    invoice.order = other
    resubmitted = invoice.says("InvoiceResubmitted")
    assert await office.told(resubmitted) == "Issued"
    assert await office.told(resubmitted) == "Issued"
    assert await office.told(invoice.disputed()) == "Issued"
    assert (await office.orders.get(TENANT, other)).status == "Disputed"
    assert office.said().count("DisputeResolved") == 1


@pytest.mark.parametrize(
    ("details", "told"),
    [
        (["a", "b", "c"], "a; b; c"),
        (["a", "b", "c", "d", "e"], "a; b; c; and 2 more"),
    ],
)
def test_a_few_exceptions_say_why(details: list[str], told: str) -> None:
    message = Invoice().disputed(*details)
    news = news_of(incoming(headers_of(message)), message.payload)
    assert news is not None
    assert news.disputed is not None
    assert news.disputed.endswith(f" is disputed: {told}")


def test_a_dispute_without_exceptions_has_a_reason() -> None:
    message = Invoice().says("InvoiceDisputed")
    body = message.payload.replace(b'"reason":null', b'"reason":"timeout"')
    news = news_of(incoming(headers_of(message)), body)
    assert news is not None
    assert (news.disputed or "").endswith("is disputed: timeout")
