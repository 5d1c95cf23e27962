"""Which identifiers are taken over, and which sellers are one supplier."""

from procurement.entrypoints.demo.parties import Party, recognised
from procurement.entrypoints.demo.suppliers import not_on_record
from procurement.entrypoints.demo.ubl import Named, Seller

VAT = Named("VAT", "DE 136695976")
GLN = Named("0088", "4000001000005")
MAIL = Named("EM", "sales@seller.example")


def party(name: str, *identifiers: Named) -> Party:
    return Party.of(Seller(name, identifiers))


def test_identifiers_that_pass_are_taken_the_others_are_told() -> None:
    one = party("Seller", VAT, Named("VAT", "DE 123456789"), Named(None, "4711"), Named("FC", "12/345"))
    assert [str(identifier) for identifier in one.identifiers] == ["VAT:DE136695976"]
    check_digit, without_scheme, unknown_scheme = one.left_out
    assert "'DE 123456789'" in check_digit
    assert "check digit" in check_digit
    assert without_scheme == "'4711' does not say of which register it is"
    assert unknown_scheme.startswith("'12/345': 'FC' is not a known scheme")


def test_an_entry_of_a_register_makes_them_one_whatever_they_are_called() -> None:
    (one,) = recognised([party("Seller GmbH", VAT), party("SELLER", VAT, MAIL)])
    assert (one.name, len(one.identifiers)) == ("Seller GmbH", 2)


def test_an_e_mail_address_alone_does_not() -> None:
    assert len(recognised([party("Seller", MAIL), party("Another", MAIL)])) == 2


def test_an_e_mail_address_and_the_name_do() -> None:
    assert len(recognised([party("Seller", MAIL), party("SELLER", MAIL)])) == 1


def test_a_name_alone_does_not() -> None:
    assert len(recognised([party("Seller", VAT), party("Seller", GLN)])) == 2


def test_a_third_document_can_show_that_two_are_one() -> None:
    (one,) = recognised([party("Seller", VAT), party("Branch", GLN), party("Seller", VAT, GLN)])
    assert one.name == "Seller"


def test_what_an_approved_record_lacks_is_told() -> None:
    record = {"name": "Seller", "identifiers": [{"scheme": "VAT", "value": "DE136695976"}]}
    assert not_on_record(record, party("Seller", VAT)) == ()
    (told,) = not_on_record(record, party("Seller", VAT, MAIL))
    assert told.startswith("EM:sales@seller.example is not on the record")
