import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.supplier.domain.identifiers import SCHEMES, BadIdentifier, Identifier


@pytest.mark.parametrize(
    ("scheme", "written", "normal"),
    [
        ("VAT", "de 136 695 976", "DE136695976"),
        ("VAT", "GR094259216", "EL094259216"),
        ("VAT", "EL 094259216", "EL094259216"),
        ("VAT", "XI 980 7806 84", "XI980780684"),
        ("VAT", "CHE-107.787.577 IVA", "CHE107787577IVA"),
        ("VAT", "NO 995 525 828 MVA", "NO995525828MVA"),
        ("0088", "5923183878011", "5923183878011"),
        ("0060", "15-048-3782", "150483782"),
        ("0199", "213800 kud8laj wsq9 d15", "213800KUD8LAJWSQ9D15"),
        ("0002", "552 008 443", "552008443"),
        ("0204", "90000000-03083-72", "90000000-03083-72"),
        ("EM", " Seller@Email.de ", "seller@email.de"),
    ],
)
def test_what_is_written_in_many_ways_is_kept_in_one(scheme: str, written: str, normal: str) -> None:
    assert Identifier.of(scheme, written) == Identifier(scheme, normal)
    assert Identifier.of(scheme, normal) == Identifier(scheme, normal)


@pytest.mark.parametrize(
    ("scheme", "written", "why"),
    [
        ("VAT", "DE123456789", "check digit"),
        ("VAT", "EUDE136695976", "length"),
        ("VAT", "AE100000000000003", "no rules are known"),
        ("VAT", "", "no rules are known"),
        ("VAT", "DE\uff11\uff13\uff16\uff16\uff19\uff15\uff19\uff17\uff16", "ASCII"),
        ("0088", "5923183878012", "check digit"),
        ("0088", "96385074", "13 digits"),
        ("0060", "15048378", "9 digits"),
        ("0199", "213800KUD8LAJWSQ9D16", "check digit"),
        ("0204", "a b", "without blanks"),
        ("0204", "x" * 51, "1 to 50"),
        ("EM", "x y@z.de", "e-mail"),
        ("EM", "a@b\x00", "e-mail"),
        ("ABZ", "1", "not a known scheme"),
        ("vat", "DE136695976", "not a known scheme"),
    ],
)
def test_what_no_register_would_know_is_refused_with_the_reason(scheme: str, written: str, why: str) -> None:
    with pytest.raises(BadIdentifier, match=why):
        Identifier.of(scheme, written)


@given(st.sampled_from(sorted(SCHEMES)), st.text(max_size=300))
def test_no_scheme_falls_over_nonsense(scheme: str, nonsense: str) -> None:
    try:
        found = Identifier.of(scheme, nonsense)
    except BadIdentifier:
        return
    assert 0 < len(found.value) <= 250
    assert found.value.isascii()
    assert found.value.isprintable()
