"""Each rule is broken by one document and by no other, and named in what is found."""

import re
from pathlib import Path
from typing import Any

import pytest

from procurement.invoicing.domain import rules
from procurement.invoicing.domain.document import Account, Document, PaymentMeans
from procurement.invoicing.domain.findings import findings
from procurement.invoicing.domain.rules.vat_categories import FAMILIES
from tests.unit.invoicing.en16931 import breaking, breaking_vat
from tests.unit.invoicing.en16931.good import (
    allowance,
    charge,
    credit_note,
    invoice,
    line,
    of_category,
    rules_of,
)

ALONE: dict[str, Document] = {
    **breaking.HEAD,
    **breaking.PARTIES,
    **breaking.PAYMENT,
    **breaking.ADJUSTMENTS,
    **breaking.LINES,
    **breaking.TOTALS,
    **breaking_vat.SPECIAL,
}
UNNAMED: dict[str, Any] = {"reason": None}
TWINS: dict[frozenset[str], Document] = {
    frozenset({"BR-33", "BR-CO-21"}): invoice(adjustments=(allowance(**UNNAMED),)),
    frozenset({"BR-38", "BR-CO-22"}): invoice(adjustments=(charge(**UNNAMED),)),
    frozenset({"BR-42", "BR-CO-23"}): invoice(
        lines=(line(adjustments=(allowance("1.00", None, **UNNAMED),)),)
    ),
    frozenset({"BR-44", "BR-CO-24"}): invoice(lines=(line(adjustments=(charge("1.00", None, **UNNAMED),)),)),
    frozenset({"BR-50", "BR-61"}): invoice(payment_means=(PaymentMeans(code="30", account=Account()),)),
}
"""Rules that the standard has twice."""
WARNINGS = {"BR-51"}
GOOD = {
    "invoice": invoice(),
    "credit note": credit_note(),
    **{family.name: of_category(family.category) for family in FAMILIES},
    "split payment": of_category("B"),
}


@pytest.mark.parametrize("document", GOOD.values(), ids=GOOD.keys())
def test_a_good_document_has_no_findings(document: Document) -> None:
    assert findings(document) == ()


@pytest.mark.parametrize("rule", ALONE)
def test_only_the_rule_that_is_broken_is_found(rule: str) -> None:
    found = findings(ALONE[rule])
    assert {finding.rule for finding in found} == {rule}
    fatal = rule not in WARNINGS and not rule.startswith("PEPPOL")
    assert all(finding.fatal is fatal for finding in found)
    assert all(finding.detail for finding in found)


@pytest.mark.parametrize("twins", TWINS, ids=lambda twins: "+".join(sorted(twins)))
def test_what_the_standard_says_twice_is_found_twice(twins: frozenset[str]) -> None:
    assert rules_of(TWINS[twins]) == twins


@pytest.mark.parametrize("rule", breaking_vat.FAMILY_RULES)
def test_each_vat_category_has_its_ten_rules(rule: str) -> None:
    """A missing registration that counts for an allowance counts for the line too; a wrong amount of VAT
    breaks BR-CO-17 as well, by so little that it is no more than worth knowing."""
    prefix, _, number = rule.rpartition("-")
    besides = {"03": {f"{prefix}-02"}, "04": {f"{prefix}-02"}, "09": {"BR-CO-17"}}
    found = findings(breaking_vat.FAMILY_RULES[rule])
    assert {finding.rule for finding in found} == {rule, *besides.get(number, ())}
    assert all(finding.fatal for finding in found if finding.rule == rule)


def test_every_rule_is_broken_by_a_document_here() -> None:
    sources = Path(rules.__file__ or "").parent.glob("*.py")
    named = {
        rule
        for source in sources
        for rule in re.findall(r'"((?:BR|PEPPOL)-[A-Z0-9-]*\d)"', source.read_text())
    }
    broken = {*ALONE, *(rule for twins in TWINS for rule in twins), *breaking_vat.FAMILY_RULES}
    assert named - broken == set()
    assert len(broken) > 200
