"""What an item may be called: as the trade writes it, but nothing that moves a cursor."""

import pytest

from procurement.purchasing.domain.line import BadItem, Item


@pytest.mark.parametrize(
    "name",
    [
        "Pipe\tDN 100",
        "Notes,\n76 x 76 mm",
        "100\u00a0g",
        "10\u202f000 pieces",
        "Fleisch\u00adwaren",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    ],
)
def test_breaks_spaces_and_joiners_belong_to_a_name(name: str) -> None:
    assert Item(name=name).name == name


@pytest.mark.parametrize("name", ["a\x00b", "a\x1bb", "a\rb", "a\x85b", "a\u202eb", "a\u2028b", "\ud800"])
def test_control_characters_do_not(name: str) -> None:
    with pytest.raises(BadItem):
        Item(name=name)


@pytest.mark.parametrize("name", ["", " a", "a\u00a0", "a" * 1001])
def test_a_name_has_a_length_and_no_blanks_at_its_ends(name: str) -> None:
    with pytest.raises(BadItem):
        Item(name=name)
