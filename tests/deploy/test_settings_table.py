"""The table of settings in the docs is made from the settings."""

from docs.settings_table import PAGE, table, with_table
from procurement.settings import BackgroundSettings


def test_the_table_is_what_the_settings_say() -> None:
    page = PAGE.read_text()
    assert with_table(page) == page, "run docs/settings_table.py"


def test_every_setting_says_what_it_means_or_what_it_may_be() -> None:
    rows = [line for line in table().splitlines() if line.startswith("| `")]
    assert len(rows) == len(BackgroundSettings.model_fields)
    assert [row for row in rows if row.endswith("|  |  |")] == []
