"""UBL invoices for tests: a good one, changed in one place at a time."""

SPACES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"'
    ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
    ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)
LINE = """
  <cac:InvoiceLine>
    <cbc:ID>1</cbc:ID>
    <cbc:InvoicedQuantity unitCode="DAY">31</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">32.74</cbc:LineExtensionAmount>
    <cac:Item>
      <cbc:Name>Metering</cbc:Name>
      <cac:BuyersItemIdentification><cbc:ID>METER</cbc:ID></cac:BuyersItemIdentification>
      <cac:SellersItemIdentification><cbc:ID>M-1</cbc:ID></cac:SellersItemIdentification>
      <cac:StandardItemIdentification>
        <cbc:ID schemeID="0160">4006381333931</cbc:ID>
      </cac:StandardItemIdentification>
    </cac:Item>
    <cac:Price>
      <cbc:PriceAmount currencyID="EUR">386.520000000</cbc:PriceAmount>
      <cbc:BaseQuantity unitCode="DAY">366</cbc:BaseQuantity>
    </cac:Price>
  </cac:InvoiceLine>"""
PARTY = """
  <cac:AccountingSupplierParty><cac:Party>
    <cbc:EndpointID schemeID="EM">sales@seller.example</cbc:EndpointID>
    <cac:PartyIdentification><cbc:ID>4711</cbc:ID></cac:PartyIdentification>
    <cac:PartyName><cbc:Name>Seller</cbc:Name></cac:PartyName>
    <cac:PartyTaxScheme>
      <cbc:CompanyID>DE 136695976</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>
    </cac:PartyTaxScheme>
    <cac:PartyLegalEntity>
      <cbc:RegistrationName>Seller\n      GmbH</cbc:RegistrationName>
      <cbc:CompanyID schemeID="0088">4000001000006</cbc:CompanyID>
    </cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>"""
HEAD = """
  <cbc:ID>2026-1</cbc:ID>
  <cbc:IssueDate>2026-11-02</cbc:IssueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cbc:BuyerReference>04011000-12345-34</cbc:BuyerReference>"""
TOTALS = """
  <cac:LegalMonetaryTotal>
    <cbc:LineExtensionAmount currencyID="EUR">32.74</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">32.74</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">32.74</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="EUR">32.74</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>"""


def document(*, head: str = HEAD, party: str = PARTY, lines: str = LINE, spaces: str = SPACES) -> bytes:
    return f"<Invoice {spaces}>{head}{party}{TOTALS}{lines}\n</Invoice>".encode()


def changed(old: str, new: str) -> bytes:
    """The good one, with one place written otherwise."""
    good = document().decode()
    assert good.count(old) >= 1, old
    return good.replace(old, new, 1).encode()
