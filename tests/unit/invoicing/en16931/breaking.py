"""For each rule a document that breaks it, and nothing but it (or what says the same under another name)."""

from dataclasses import replace
from datetime import date
from typing import Any

from procurement.invoicing.domain.document import (
    Account,
    Address,
    Attachment,
    Card,
    Delivery,
    Document,
    Identifier,
    Party,
    PaymentMeans,
    Period,
    Price,
    Reference,
)
from tests.unit.invoicing.en16931.good import (
    SELLER,
    allowance,
    charge,
    d,
    invoice,
    line,
    of_party,
    with_item,
    with_line,
    with_subtotal,
    with_totals,
)

NOWHERE = Address(city="Beispielhausen")
REPRESENTATIVE = Party(name="Steuer AG", vat_id="DE811569869", address=Address(country="DE"))
ODD = Identifier(value="1", scheme="odd")
BACKWARDS = Period(start=date(2026, 11, 2), end=date(2026, 11, 1))


def _representative(**changes: Any) -> Document:
    return invoice(tax_representative=replace(REPRESENTATIVE, **changes))


def _payee(**changes: Any) -> Document:
    return invoice(payee=replace(Party(name="Factoring AG"), **changes))


def _means(**changes: Any) -> Document:
    means = PaymentMeans(code="58", account=Account(id="DE02120300000000202051"))
    return invoice(payment_means=(replace(means, **changes),))


def _priced(**changes: Any) -> Document:
    return with_line(price=replace(Price(amount=d("50.00")), **changes))


def _adjusted(*adjustments: Any) -> Document:
    return invoice(lines=(line(adjustments=adjustments),))


HEAD: dict[str, Document] = {
    "BR-05": invoice(currency=""),
    "BR-01": invoice(customization=None),
    "BR-02": invoice(number=""),
    "BR-04": invoice(type_code=""),
    "BR-CL-01": invoice(type_code="381"),
    "BR-CL-04": invoice(currency="EUX"),
    "BR-CL-05": invoice(tax_currency="EUX", stating={"vat_in_tax_currency": d("19.00")}),
    "BR-53": invoice(tax_currency="GBP"),
    "BR-CO-03": invoice(tax_point=date(2026, 11, 2), tax_point_code="35"),
    "BR-CL-06": invoice(tax_point_code="36"),
    "BR-CL-08": invoice(notes=("Of no subject", "#AAI# of one", "#YYY# of none that is known")),
    "BR-CO-19": invoice(period=Period()),
    "BR-29": invoice(period=BACKWARDS),
    "BR-52": invoice(attachments=(Attachment(description="Time sheet"),)),
    "BR-CL-24": invoice(
        attachments=(Attachment(number="1", file_name="a.exe", mime="application/x-dosexec"),)
    ),
    "BR-55": invoice(preceding=(Reference(number=""),)),
    "BR-CL-07": invoice(invoiced_object=ODD),
}
PARTIES: dict[str, Document] = {
    "BR-06": of_party("seller", name=None),
    "BR-07": of_party("buyer", name=None),
    "BR-08": of_party("seller", address=None),
    "BR-09": of_party("seller", address=NOWHERE),
    "BR-10": of_party("buyer", address=None),
    "BR-11": of_party("buyer", address=NOWHERE),
    "BR-17": _payee(name=SELLER.trading_name),
    "BR-18": _representative(name=None),
    "BR-19": _representative(address=None),
    "BR-20": _representative(address=NOWHERE),
    "BR-56": _representative(vat_id=None),
    "BR-57": invoice(delivery=Delivery(address=NOWHERE)),
    "BR-62": of_party("seller", endpoint=Identifier(value="a@seller.example")),
    "BR-63": of_party("buyer", endpoint=Identifier(value="a@buyer.example")),
    "BR-CO-09": of_party("buyer", vat_id="301234565"),
    "BR-CO-26": of_party("seller", vat_id=None, legal_id=None, tax_registration="12/345"),
    "BR-CL-10": of_party("buyer", identifiers=(Identifier(value="1", scheme="SEPA"),)),
    "BR-CL-11": of_party("seller", legal_id=ODD),
    "BR-CL-14": of_party("buyer", address=Address(country="XX")),
    "BR-CL-25": of_party("seller", endpoint=ODD),
    "BR-CL-26": invoice(delivery=Delivery(location=ODD)),
}
PAYMENT: dict[str, Document] = {
    "BR-49": _means(code=None),
    "BR-CL-16": _means(code="99"),
    "BR-61": _means(account=None),
    "BR-51": invoice(payment_means=(PaymentMeans(code="48", card=Card(number="4111111111111111")),)),
    "BR-CO-25": invoice(due=None),
}
ADJUSTMENTS: dict[str, Document] = {
    "BR-32": invoice(adjustments=(allowance(tax=None),), lines=(line(),)),
    "BR-37": invoice(adjustments=(charge(tax=None),), lines=(line(),)),
    "BR-CL-19": invoice(adjustments=(allowance(reason_code="AAA"),)),
    "BR-CL-20": invoice(adjustments=(charge(reason_code="95"),)),
    "BR-DEC-01": invoice(adjustments=(allowance("10.000"),)),
    "BR-DEC-02": invoice(adjustments=(allowance(base=d("100.000"), percentage=d("10")),)),
    "BR-DEC-05": invoice(adjustments=(charge("10.000"),)),
    "BR-DEC-06": invoice(adjustments=(charge(base=d("100.000"), percentage=d("10")),)),
    "BR-DEC-24": _adjusted(allowance("10.000", None)),
    "BR-DEC-25": _adjusted(allowance("10.00", None, base=d("100.000"), percentage=d("10"))),
    "BR-DEC-27": _adjusted(charge("10.000", None)),
    "BR-DEC-28": _adjusted(charge("10.00", None, base=d("100.000"), percentage=d("10"))),
    "PEPPOL-EN16931-R040": invoice(adjustments=(allowance("10.00", base=d("100"), percentage=d("11")),)),
}
LINES: dict[str, Document] = {
    "BR-21": with_line(id=""),
    "BR-23": with_line(unit=""),
    "BR-25": with_item(name=""),
    "BR-27": invoice(lines=(line(), line("2", price="-5.00"))),
    "BR-28": with_line(price=Price(amount=d("50.00"), gross=d("-1"), discount=d("-51.00"))),
    "BR-30": with_line(period=BACKWARDS),
    "BR-54": with_item(attributes=(("Colour", ""),)),
    "BR-64": with_item(standard_id=Identifier(value="4006381333931")),
    "BR-65": with_item(classifications=(Identifier(value="44121618"),)),
    "BR-CO-20": with_line(period=Period()),
    "BR-CL-13": with_item(classifications=(ODD,)),
    "BR-CL-15": with_item(origin="XX"),
    "BR-CL-21": with_item(standard_id=ODD),
    "BR-CL-23": with_line(unit="BOX"),
    "BR-DEC-23": with_line(net=d("100.000")),
    "PEPPOL-EN16931-R046": _priced(gross=d("60.00"), discount=d("5.00")),
    "PEPPOL-EN16931-R130": _priced(base_unit="KGM"),
}
DISCOUNTED = invoice(adjustments=(allowance(),))
"""100.00 less 10.00 and 17.10 VAT."""
CHARGED = invoice(adjustments=(charge(),))
"""100.00 and 10.00 and 20.90 VAT."""
IN_POUNDS_TOO = invoice(tax_currency="GBP", stating={"vat_in_tax_currency": d("16.40")})

TOTALS: dict[str, Document] = {
    "BR-CO-10": with_totals(lines="100.01", without_vat="100.01", with_vat="119.01", due="119.01"),
    "BR-CO-11": with_totals(
        DISCOUNTED, allowances="10.01", without_vat="89.99", with_vat="107.09", due="107.09"
    ),
    "BR-CO-12": with_totals(CHARGED, charges="9.99", without_vat="109.99", with_vat="130.89", due="130.89"),
    "BR-CO-13": with_totals(without_vat="100.01", with_vat="119.01", due="119.01"),
    "BR-CO-14": with_totals(vat="19.01", with_vat="119.01", due="119.01"),
    "BR-CO-15": with_totals(with_vat="119.01", due="119.01"),
    "BR-CO-16": with_totals(due="119.01"),
    "BR-DEC-09": with_totals(lines="100.000"),
    "BR-DEC-10": with_totals(DISCOUNTED, allowances="10.000"),
    "BR-DEC-11": with_totals(CHARGED, charges="10.000"),
    "BR-DEC-12": with_totals(without_vat="100.000"),
    "BR-DEC-13": with_totals(vat="19.000"),
    "BR-DEC-14": with_totals(with_vat="119.000"),
    "BR-DEC-15": with_totals(IN_POUNDS_TOO, vat_in_tax_currency="16.400"),
    "BR-DEC-16": with_totals(prepaid="0.000"),
    "BR-DEC-17": with_totals(rounding="0.000"),
    "BR-DEC-18": with_totals(due="119.000"),
    "BR-DEC-19": with_subtotal(taxable=d("100.000")),
    "BR-DEC-20": with_subtotal(amount=d("19.000")),
    "PEPPOL-EN16931-R120": with_line(price=Price(amount=d("50.01"))),
}
